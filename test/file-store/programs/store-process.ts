/**
 * One of several processes on one store.
 *
 *   host DIRECTORY NAME COUNT     queues COUNT items of its own, those that it has no answer for
 *   worker DIRECTORY NAME LEASE   finishes items until the file `stop` is there and the queue is empty
 *
 * NAME.asked and NAME.queued, or NAME.tried and NAME.done, tell what it did before and after each call.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStore } from "@gro/file-store";
import { contentHash, itemIdOf } from "@gro/queue";
import { LogFile } from "./log-file.js";

const AT_ONCE = 40;
const A_CLAIM = 50;

const [role, directory = "", name = "", argument = ""] = process.argv.slice(2);
const store = fileStore(`${directory}/store`, { segmentBytes: 65_536 });

async function host(count: number): Promise<void> {
  const queued = new Set(LogFile.read(`${directory}/${name}.queued`));
  const asks = new LogFile(`${directory}/${name}.asked`);
  const answers = new LogFile(`${directory}/${name}.queued`);
  const items = Array.from({ length: count }, (_, index) => `${name}-${index}`)
    .map((pageId) => ({ pageId, contentHash: contentHash(pageId) }))
    .filter((item) => !queued.has(itemIdOf(item.pageId, item.contentHash)));
  const next = items.values();
  const queueOneAfterTheOther = async () => {
    for (const item of next) {
      asks.note(itemIdOf(item.pageId, item.contentHash));
      const outcomes = await store.queue.enqueue([item]);
      answers.note(...outcomes.map(({ id }) => id));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, queueOneAfterTheOther));
}

async function worker(leaseMs: number): Promise<void> {
  const tries = new LogFile(`${directory}/${name}.tried`);
  const answers = new LogFile(`${directory}/${name}.done`);
  for (;;) {
    const isLast = existsSync(`${directory}/stop`);
    const claims = await store.queue.claim({ limit: A_CLAIM, leaseMs });
    tries.note(...claims.map(({ itemId }) => itemId));
    const outcomes = await store.queue.complete(claims);
    answers.note(...claims.filter((_, index) => outcomes[index] === "ok").map(({ itemId }) => itemId));
    if (claims.length > 0) continue;
    const { ready, waiting, claimed } = await store.queue.stats();
    if (isLast && ready + waiting + claimed === 0) return;
    await sleep(10);
  }
}

await (role === "host" ? host(Number(argument)) : worker(Number(argument)));
await store.close();
