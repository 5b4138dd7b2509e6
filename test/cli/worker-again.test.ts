import { contentHash } from "@gro/queue";
import { expect, it } from "vitest";
import { sentences } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();

it("worker tells of an item whose page has its summary already, and counts the page once", async () => {
  const scene = new QueueScene(parent);
  const queued = await scene.enqueue([scene.file("book.txt", sentences(300)), "--target-tokens", "60"]);
  const [pageId = ""] = lines(queued.stdout);
  const ofEarlierContent = { pageId, contentHash: contentHash("What it said before.") };
  await scene.store(({ queue }) => queue.enqueue([{ ...ofEarlierContent, request: { targetTokens: 60 } }]));
  const { code, stderr } = await scene.worker();
  expect(code).toBe(0);
  expect(stderr.match(/page \S+ summarized: /gu)).toHaveLength(1);
  expect(stderr).toContain(`page ${pageId} has its summary already.`);
  expect(stderr).toMatch(/\b1 page summarized; nothing is queued any more\.\n$/u);
});
