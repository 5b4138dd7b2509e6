import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { contentHash } from "@gro/queue";
import { virtualClock } from "@gro/summarizer/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { program, sentences } from "./program.js";
import { QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

const queued = (...counts: readonly number[]) => scene.enqueueBooks(...counts);

describe("the directory of the pages", () => {
  it("is not made where pages are queued: it is another one, and no page is missing", async () => {
    await queued(10, 11);
    const wrong = `${scene.folder}/wrong`;
    const args = ["worker", "--queue-path", scene.queuePath, "--pages-dir", wrong, "--drain"];
    const { code, stderr } = await program(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`--pages-dir ${wrong}: there is no such directory, and 2 pages of `);
    expect(existsSync(wrong)).toBe(false);
    expect((await scene.standing()).items).toMatchObject({ ready: 2, dead: 0 });
    expect((await scene.worker()).code).toBe(0);
  });

  it("that is there and has not a single page ends the worker, and no page is given up", async () => {
    await queued(10);
    const wrong = `${scene.folder}/wrong`;
    mkdirSync(wrong);
    const { code, stderr } = await program([
      ...["worker", "--queue-path", scene.queuePath, "--pages-dir", wrong, "--drain"],
    ]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(`There is not a single page in ${wrong}, and pages are queued`);
    expect((await scene.standing()).deadLetters).toEqual([]);
  });

  it.skipIf(process.platform === "win32")(
    "in which nothing can be written ends the worker, with file and reason",
    async () => {
      // As long as a path may be: the name of the page fits in, that of what is to replace it does not.
      let deep = scene.folder;
      while (deep.length < 4060) deep += `/${"d".repeat(Math.min(200, 4060 - deep.length - 1))}`;
      mkdirSync(deep, { recursive: true });
      const content = sentences(30);
      writeFileSync(`${deep}/pg_1.json`, JSON.stringify({ id: "pg_1", content }));
      await scene.store(({ queue }) =>
        queue.enqueue([{ pageId: "pg_1", contentHash: contentHash(content) }]),
      );
      for (const args of [["--drain"], []]) {
        const { code, stderr } = await program(
          ["worker", ...args, "--queue-path", scene.queuePath, "--pages-dir", deep],
          { clock: virtualClock({ jumps: true }) },
        );
        expect(code).toBe(1);
        expect(stderr).toMatch(/\/pg_1\.json: ENAMETOOLONG\.\n$/u);
      }
      expect((await scene.standing()).items).toMatchObject({ dead: 0 });
    },
  );
});
