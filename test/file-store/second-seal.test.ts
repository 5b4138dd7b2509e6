import { fileStore, type FileSystem } from "@gro/file-store";
import { contentHash } from "@gro/queue";
import { expect, test } from "vitest";
import { linesIn } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

const FIRST = "/store/journal-000001.jsonl";
const item = (pageId: string) => ({ pageId, contentHash: contentHash(pageId) });

/** Files whose syncs wait for each other's turn. */
function waiting(fileSystem: FileSystem): {
  readonly fileSystem: FileSystem;
  hold(until: Promise<unknown>): void;
} {
  let turn: Promise<unknown> = Promise.resolve();
  const open: FileSystem["open"] = (path, mode, permissions) => {
    const file = fileSystem.open(path, mode, permissions);
    return { ...file, sync: () => turn.then(() => file.sync()) };
  };
  return { fileSystem: { ...fileSystem, open }, hold: (until) => void (turn = until) };
}

test("a line that only the second of two seals vouches for is missed before there is a next file", async () => {
  const disk = new SimulatedDisk();
  const [slow, slower] = [waiting(disk.fileSystem), waiting(disk.fileSystem)];
  const options = { segmentBytes: 1024 };
  const one = fileStore("/store", { ...options, fileSystem: slow.fileSystem });
  const other = fileStore("/store", { ...options, fileSystem: slower.fileSystem });
  for (const pageId of ["a", "b"]) await one.queue.enqueue([item(pageId)]);
  await other.queue.enqueue([item("c")]);
  // This fills the file, and while it is on its way to the disk, the other writes on.
  let reach: () => void = () => undefined;
  slow.hold(new Promise<void>((resolve) => (reach = resolve)));
  const filled = one.queue.enqueue([item("filling".repeat(10)), item("more".repeat(20))]);
  slower.hold(filled);
  await turns();
  const acknowledged = other.queue.enqueue([item("acknowledged")]);
  await turns();
  reach();
  await Promise.all([filled, acknowledged]);

  const { bytes } = disk.file(FIRST);
  const lines = linesIn(bytes).map(({ start, end }) => ({
    start,
    end,
    text: bytes.toString("utf8", start, end),
  }));
  const last = lines.slice(-3);
  expect(last.map(({ text }) => /"do":"(\w+)"/u.exec(text)?.[1])).toEqual(["enqueue", "seal", "seal"]);
  const [line] = last;
  expect(line?.text).toContain("acknowledged");
  expect([...disk.sizes("/store").keys()]).toEqual(["journal-000001.jsonl"]);
  expect(await fileStore("/store", { fileSystem: disk.clone().fileSystem }).queue.stats()).toMatchObject({
    ready: 6,
  });

  disk.file(FIRST).splice((line?.start ?? 0) - 1, line?.end ?? 0);
  await expect(fileStore("/store", { fileSystem: disk.fileSystem }).queue.stats()).rejects.toMatchObject({
    code: "store_corrupt",
    context: { file: FIRST },
  });
});
