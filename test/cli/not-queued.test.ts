import { writeFileSync } from "node:fs";
import { contentHash } from "@gro/queue";
import { beforeEach, describe, expect, it } from "vitest";
import { lineOf } from "../file-store/support/lines.js";
import { QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

const idOf = (content: string) => `pg_${contentHash(content).slice(0, 12)}`;

describe("a file whose name ends in .json", () => {
  it.each([
    ["within its content", '{"id":"pg_1","content":"On the first day the kee'],
    ["behind its id", '{\n  "id": "pg_1",\n  "lab'],
  ])("a page that breaks off %s is no text", async (_where, broken) => {
    const [page, text] = [scene.file("page.json", broken), scene.file("z.txt", "text")];
    const { code, stdout, stderr } = await scene.enqueue([page, text]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: `${idOf("text")}\n` });
    expect(stderr).toContain(`${page} looks like a page and is no whole JSON: it was cut off or damaged.`);
    expect(stderr).not.toContain("the kee");
  });

  it("but JSON that is no page, and text under such a name, are texts", async () => {
    const files = [scene.file("a.json", '{"name":"x"}'), scene.file("b.json", "Not { JSON at all.")];
    expect((await scene.enqueue(files)).code).toBe(0);
    expect((await scene.standing()).items.ready).toBe(2);
  });
});

describe("when the store fails", () => {
  it("the files that are not queued are named", async () => {
    await scene.enqueue([scene.file("first.txt", "first")]);
    writeFileSync(
      scene.journal(),
      lineOf({ by: "later", do: "segment", version: 99, number: 1, previousEnd: 0 }, 1),
    );
    const files = Array.from({ length: 12 }, (_, index) => scene.file(`${index}.txt`, `text ${index}`));
    const { code, stdout, stderr } = await scene.enqueue(files);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`not queued: ${files.slice(0, 10).join(", ")} and 2 more. The same command`);
    const asJson = await scene.enqueue([...files, "--json"]);
    const { failed } = JSON.parse(asJson.stdout) as { failed: { file: string; reason: string }[] };
    expect(failed.map(({ file }) => file)).toEqual(files);
    expect(failed[0]?.reason).toContain("has format version 99");
  });
});
