import {
  closeSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore, type FileStore } from "@gro/file-store";
import type { NewQueueItem } from "@gro/queue";
import { itemOf, itemsFrom, rate } from "./queue-items.js";

/*
 * Runs in a process of its own, compiled beforehand as users have the packages: a compiler's wrappers would be measured, too. Prints one JSON object.
 */

/** Operations of one kind before it is the next one's turn, so that whatever else the disk does meets all of them alike. */
const ROUND = 500;
const ROUNDS = 10;
/** Before that, so that nothing is compiled while it is measured. */
const WARM_UP = 2_000;
const SINGLE = 1_500;
const PENDING = 100_000;
const WORKED = 20_000;
const MANY = 1_000_000;
const HUNDRED = 100;

/** The floor of everything durable: lines of this length, each written and synced. Goes on with one file, as a journal does. */
class SyncedWrites {
  readonly #file: number;
  readonly #line: Buffer;

  constructor(directory: string, bytes: number) {
    this.#file = openSync(join(directory, "floor"), "a");
    this.#line = Buffer.alloc(bytes, "x");
  }

  write(count: number): void {
    for (let index = 0; index < count; index += 1) {
      writeSync(this.#file, this.#line);
      fdatasyncSync(this.#file);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

interface Enqueued {
  readonly single: number;
  readonly hundred: number;
  readonly floor: number;
}

/** One by one, a hundred at once, and the floor, by turns: operations a second. */
async function enqueueByTurns(store: FileStore, directory: string): Promise<Enqueued> {
  await oneByOne(store, itemsFrom(0, WARM_UP));
  const bytes = journalIn(directory).reduce((sum, path) => sum + statSync(path).size, 0) / WARM_UP;
  const writes = new SyncedWrites(directory, Math.round(bytes));
  writes.write(WARM_UP);
  await together(store, itemsFrom(WARM_UP, WARM_UP));
  const spent = { single: 0, hundred: 0, floor: 0 };
  const timed = async (name: keyof typeof spent, work: () => Promise<void> | void) => {
    const startedAt = performance.now();
    await work();
    spent[name] += performance.now() - startedAt;
  };
  for (let round = 0, next = 2 * WARM_UP; round < ROUNDS; round += 1) {
    const singles = itemsFrom(next, ROUND);
    const hundreds = itemsFrom(next + ROUND, ROUND * HUNDRED);
    next += singles.length + hundreds.length;
    await timed("floor", () => writes.write(ROUND));
    await timed("single", () => oneByOne(store, singles));
    await timed("hundred", () => together(store, hundreds));
  }
  writes.close();
  const perSecond = (count: number, ms: number) => (count * ROUNDS * 1_000) / ms;
  return {
    single: perSecond(ROUND, spent.single),
    hundred: perSecond(ROUND * HUNDRED, spent.hundred),
    floor: perSecond(ROUND, spent.floor),
  };
}

/** The peer: a queue that writes its whole file anew at every change, without a sync. */
function rewrites(directory: string, pending: number, count: number): Promise<number> {
  const queue: NewQueueItem[] = itemsFrom(0, pending);
  return rate(count, () => {
    for (let index = 0; index < count; index += 1) {
      queue.push(itemOf(pending + index));
      writeFileSync(join(directory, "queue.json"), queue.map((item) => JSON.stringify(item)).join("\n"));
    }
  });
}

async function fill({ queue }: FileStore, start: number, count: number): Promise<void> {
  for (let from = start; from < start + count; from += 1_000) await queue.enqueue(itemsFrom(from, 1_000));
}

async function oneByOne({ queue }: FileStore, items: readonly NewQueueItem[]): Promise<void> {
  for (const item of items) await queue.enqueue([item]);
}

async function together({ queue }: FileStore, items: readonly NewQueueItem[]): Promise<void> {
  for (let from = 0; from < items.length; from += HUNDRED) {
    await Promise.all(items.slice(from, from + HUNDRED).map((item) => queue.enqueue([item])));
  }
}

function claimAndComplete({ queue }: FileStore, count: number): Promise<number> {
  return rate(count, async () => {
    for (let done = 0; done < count;) {
      const claims = await queue.claim({ limit: HUNDRED, leaseMs: 60_000 });
      await queue.complete(claims);
      done += claims.length;
    }
  });
}

function journalIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

/** Reading the same lines with nothing but `JSON.parse`, in milliseconds. */
function parseMs(directory: string): number {
  const startedAt = performance.now();
  let parsed = 0;
  for (const path of journalIn(directory)) {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const brace = line.indexOf("{");
      if (brace < 0) continue;
      JSON.parse(line.slice(brace, line.lastIndexOf("}") + 1));
      parsed += 1;
    }
  }
  if (parsed === 0) throw new Error("There was nothing to parse");
  return performance.now() - startedAt;
}

async function reopenMs(directory: string): Promise<number> {
  const startedAt = performance.now();
  await using store = fileStore(directory);
  const { ready } = await store.queue.stats();
  if (ready < PENDING) throw new Error(`Only ${ready} items are there`);
  return performance.now() - startedAt;
}

async function inFolder<Outcome>(work: (directory: string) => Promise<Outcome>): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), "gro-store-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function diskAfterMany(): Promise<number> {
  return inFolder(async (directory) => {
    await using store = fileStore(directory);
    for (let start = 0; start < MANY; start += 10_000) {
      await fill(store, start, 10_000);
      await claimAndComplete(store, 10_000);
    }
    return journalIn(directory).reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;
  });
}

const empty = await inFolder(async (directory) => {
  await using store = fileStore(directory);
  const enqueued = await enqueueByTurns(store, directory);
  return { ...enqueued, peer: await rewrites(directory, SINGLE, 300) };
});
const full = await inFolder(async (directory) => {
  const store = fileStore(directory);
  await fill(store, 0, PENDING);
  const items = itemsFrom(PENDING, SINGLE);
  const single = await rate(SINGLE, () => oneByOne(store, items));
  const peer = await rewrites(directory, PENDING, 10);
  await rm(join(directory, "queue.json"));
  await store.close();
  await reopenMs(directory);
  const reopened = await reopenMs(directory);
  const parsed = parseMs(directory);
  await using again = fileStore(directory);
  return { single, peer, reopened, parsed, worked: await claimAndComplete(again, WORKED) };
});
const diskMb = await diskAfterMany();
console.log(JSON.stringify({ empty, full, diskMb }));
