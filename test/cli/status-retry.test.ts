import { existsSync, readdirSync } from "node:fs";
import { virtualClock } from "@gro/summarizer/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { program } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

/** Queues pages of which so many end as dead letters; answers their ids. */
async function withDeadLetters(pages: number, dead: number): Promise<readonly string[]> {
  const files = Array.from({ length: pages }, (_, index) => scene.file(`${index}.txt`, `text ${index}`));
  const { stdout } = await scene.enqueue(files);
  await scene.store(async ({ queue }) => {
    const claims = await queue.claim({ limit: pages, leaseMs: 1 });
    await queue.deadLetter(claims.slice(0, dead), {
      code: "too_hard",
      message: "It was\ttoo hard. Make it easier.",
    });
    await queue.release(claims.slice(dead));
  });
  return lines(stdout);
}

describe("status", () => {
  it("of a place where nothing was ever queued says so, and makes nothing", async () => {
    const { code, stdout, stderr } = await scene.status();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pages\n {2}0 ready\n/u);
    expect(stderr).toBe(`gro-summarizer: ${scene.queuePath}: nothing was ever queued here.\n`);
    expect((await scene.standing()).items).toEqual({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
    expect(existsSync(scene.queuePath)).toBe(false);
    const empty = await program(["status", "--queue-path", scene.folder]);
    expect(empty).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(scene.folder)).toEqual([]);
  });

  it("tells pages by state, the age of the oldest, and dead letters with the reason", async () => {
    const [dead = ""] = await withDeadLetters(3, 1);
    const clock = virtualClock({ startsAt: Date.UTC(2026, 0, 1, 2, 3, 4) });
    expect(await scene.standing({ clock })).toMatchObject({
      items: { ready: 2, waiting: 0, claimed: 0, dead: 1 },
      oldestQueuedAt: "2026-01-01T00:00:00.000Z",
      oldestAgeMs: 7_384_000,
      batches: [],
      deadLetters: [
        {
          pageId: dead,
          label: "0.txt",
          lane: null,
          code: "too_hard",
          message: "It was\ttoo hard. Make it easier.",
          queuedAt: "2026-01-01T00:00:00.000Z",
        },
      ],
    });
    const { stdout } = await scene.status([], { clock });
    expect(stdout).toContain("  2 ready\n");
    expect(stdout).toContain("the oldest was queued 2 h 03 min ago\n");
    expect(stdout).toMatch(
      new RegExp(`^ {2}${dead} \\(0\\.txt\\), .*: too_hard: It was too hard\\. Make it easier\\.$`, "mu"),
    );
  });

  it.each([
    [50_000, "50 s"],
    [185_000, "3 min 05 s"],
    [3_600_000, "1 h 00 min"],
    [47.9 * 3_600_000, "47 h 54 min"],
    [(3 * 24 + 5) * 3_600_000, "3 days 05 h"],
  ])("tells an age of %i ms as %s", async (ageMs, shown) => {
    await withDeadLetters(1, 0);
    const clock = virtualClock({ startsAt: Date.UTC(2026, 0, 1) + ageMs });
    expect((await scene.status([], { clock })).stdout).toContain(`the oldest was queued ${shown} ago\n`);
  });

  it("shows people the first of many dead letters, and programs all", async () => {
    await withDeadLetters(25, 25);
    const { stdout } = await scene.status();
    expect(stdout.match(/too_hard/gu)).toHaveLength(20);
    expect(stdout).toContain("and 5 more: --json has all");
    expect((await scene.standing()).deadLetters).toHaveLength(25);
  });

  it("changes nothing", async () => {
    await withDeadLetters(3, 1);
    const before = await scene.standing();
    await scene.status();
    expect(await scene.standing()).toEqual(before);
    expect(readdirSync(scene.queuePath)).toEqual(["journal-000001.jsonl"]);
  });

  it("knows the queue by QUEUE_PATH, and takes no file", async () => {
    await withDeadLetters(2, 1);
    const given = { variables: { QUEUE_PATH: scene.queuePath } };
    expect((await program(["status"], given)).stdout).toContain("  1 ready\n");
    expect(await program(["status", "notes.txt"], given)).toMatchObject({ code: 2, stdout: "" });
    expect(await program(["status"])).toMatchObject({ code: 2, stdout: "" });
  });

  it("of a file ends with 1 and the reason", async () => {
    const file = scene.file("a.txt", "a text");
    const { code, stdout, stderr } = await program(["status", "--queue-path", file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(file);
    expect(stderr).toContain("a file stands where a directory is needed");
  });
});

describe("retry", () => {
  it("queues all dead letters again, and prints their ids", async () => {
    const pageIds = await withDeadLetters(4, 3);
    const { code, stdout, stderr } = await scene.retry();
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${pageIds.slice(0, 3).join("\n")}\n`,
      stderr: "gro-summarizer: 3 pages queued again.\n",
    });
    expect((await scene.standing()).items).toMatchObject({ ready: 4, dead: 0 });
  });

  it("queues those that are named", async () => {
    const [first = "", second = "", third = ""] = await withDeadLetters(3, 3);
    const { code, stdout } = await scene.retry([third, first, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ pageIds: [first, third], unknown: [] });
    expect((await scene.standing()).deadLetters.map(({ pageId }) => pageId)).toEqual([second]);
  });

  it("names those that have no dead letter, and ends with 3", async () => {
    const [dead = "", alive = ""] = await withDeadLetters(2, 1);
    const { code, stdout, stderr } = await scene.retry([alive, dead]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: `${dead}\n` });
    expect(stderr).toContain(`${alive}: there is no dead letter of this page.`);
    expect((await scene.standing()).items).toMatchObject({ ready: 2, dead: 0 });
  });

  it("where none of them has one, changes nothing and ends with 3", async () => {
    await withDeadLetters(2, 1);
    for (const pageId of ["../x", "pg_unknown"]) {
      const { code, stdout, stderr } = await scene.retry([pageId]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain(`${pageId}: there is no dead letter of this page.`);
    }
    expect((await scene.standing()).items).toMatchObject({ ready: 1, dead: 1 });
  });

  it("of a queue without dead letters, or of none, is done at once", async () => {
    await withDeadLetters(1, 0);
    expect(await scene.retry()).toMatchObject({ code: 0, stdout: "" });
    scene = new QueueScene(parent);
    const { code, stderr } = await scene.retry();
    expect(code).toBe(0);
    expect(stderr).toContain("nothing was ever queued here");
    expect(existsSync(scene.queuePath)).toBe(false);
  });
});
