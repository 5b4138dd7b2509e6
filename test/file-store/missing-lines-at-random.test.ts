import type { FileStore } from "@gro/file-store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completion } from "./support/history.js";
import {
  everyHarm,
  expectNoticed,
  harmed,
  item,
  open,
  pagesOf,
  vouchedFor,
  type Line,
} from "./support/harm.js";
import { lineOf, linesIn } from "./support/lines.js";
import { turns } from "./support/run-history.js";
import { SimulatedDisk } from "./support/simulated-disk.js";

/** What one of several writers does. */
type Deed = "write" | "write at once" | "close" | "be killed" | "be killed while it writes";

const deeds = fc.array(
  fc.record({
    writer: fc.integer({ min: 0, max: 2 }),
    deed: fc.constantFrom<Deed>(
      "write",
      "write",
      "write at once",
      "close",
      "be killed",
      "be killed while it writes",
    ),
    length: fc.integer({ min: 1, max: 90 }),
  }),
  { minLength: 4, maxLength: 30 },
);

/** Does it on a disk; answers the names of the pages that were acknowledged. */
async function doAll(disk: SimulatedDisk, list: readonly { writer: number; deed: Deed; length: number }[]) {
  const stores = [open(disk, 2048), open(disk, 2048), open(disk, 2048)];
  const acknowledged: string[] = [];
  const enqueue = async (store: FileStore | undefined, name: string) => {
    await store?.queue.enqueue([item(name)]);
    acknowledged.push(name);
  };
  for (const [index, { writer, deed, length }] of list.entries()) {
    const names = [0, 1, 2].map((part) => `page-${index}-${part}`);
    switch (deed) {
      case "write":
        await enqueue(stores[writer], names[0] ?? "");
        break;
      case "write at once":
        await Promise.all(names.map((name, part) => enqueue(stores[part], name)));
        break;
      case "close":
        await stores[writer]?.close();
        stores[writer] = open(disk, 2048);
        break;
      case "be killed while it writes": {
        const newest = [...disk.sizes("/store").keys()].filter((name) => name.startsWith("journal-")).at(-1);
        if (newest !== undefined) {
          const unwritten = { by: "killed", do: "enqueue", at: 1, items: [item("never")] };
          const torn = lineOf(unwritten, Number(newest.slice(8, 14))).slice(0, length);
          disk.file(`/store/${newest}`).append(Buffer.from(torn));
        }
        stores[writer] = open(disk, 2048);
        break;
      }
      case "be killed":
        stores[writer] = open(disk, 2048);
        break;
    }
    await turns();
  }
  return acknowledged;
}

describe("whatever several writers do, and however they are killed", () => {
  test("nothing is taken for damage, and everything acknowledged is there", async () => {
    const property = fc.asyncProperty(deeds, async (list) => {
      const disk = new SimulatedDisk();
      disk.fileSystem.makeDirectory("/store");
      const acknowledged = await doAll(disk, list);
      expect((await pagesOf(open(disk, 2048))).sort()).toEqual(acknowledged.sort());
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a line that is vouched for and harmed is noticed, and one that is not is no damage", async () => {
    const choice = fc.nat();
    const property = fc.asyncProperty(
      deeds,
      choice,
      fc.constantFrom(...everyHarm),
      async (list, at, harm) => {
        const disk = new SimulatedDisk();
        disk.fileSystem.makeDirectory("/store");
        await open(disk, 2048).queue.enqueue([item("first")]);
        await doAll(disk, list);
        const newest = [...disk.sizes("/store").keys()].filter((name) => name.startsWith("journal-")).at(-1);
        const path = `/store/${newest}`;
        const { bytes } = disk.file(path);
        // What was torn is no line, and harming it is no harm.
        const isWhole = ({ start, end }: { start: number; end: number }) =>
          bytes.toString("utf8", start, end).endsWith("}");
        const whole = linesIn(bytes).filter(isWhole);
        const lines = whole.map((line): Line => {
          return {
            ...line,
            fields: JSON.parse(bytes.toString("utf8", line.start, line.end)) as Line["fields"],
          };
        });
        const vouched = vouchedFor(lines).slice(1);
        const line = vouched[at % Math.max(1, vouched.length)];
        if (line !== undefined) await expectNoticed(disk, path, line, harm);
        const last = lines.at(-1);
        if (last !== undefined && lines.length > 1 && last.end === bytes.length) {
          await open(harmed(disk, path, last, harm)).queue.stats();
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("when the power fails while several write, nothing is taken for damage and nothing acknowledged is lost", async () => {
    for (let at = 2; at < 60; at += 1) {
      for (let seed = 0; seed < 4; seed += 1) {
        const disk = new SimulatedDisk({ at, kind: "power" }, at * 31 + seed);
        const stores = [open(disk, 1024), open(disk, 1024), open(disk, 1024)];
        const acknowledged: string[] = [];
        await Promise.all(
          stores.map(async (store, writer) => {
            try {
              for (let round = 0; round < 8; round += 1) {
                const name = `page-${writer}-${round}`;
                await store.queue.enqueue([item(name)]);
                acknowledged.push(name);
                if (round % 3 === writer) await store.memo.set(name, completion(name.repeat(5)));
              }
            } catch {
              expect(disk.isOff).toBe(true);
            }
          }),
        );
        const after = disk.afterPowerLoss();
        await open(after, 1024).queue.enqueue([item("next")]);
        const found = await pagesOf(open(after, 1024));
        expect(found).toEqual(expect.arrayContaining([...acknowledged, "next"]));
      }
    }
  });
});
