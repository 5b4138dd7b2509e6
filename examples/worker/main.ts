import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWorker } from "@gro/batch";
import { countForStatus } from "@gro/cli";
import { fileStore } from "@gro/file-store";
import { contentHash, enqueuePages, type Page } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { chooseProvider } from "./choose-provider.js";
import { tell } from "./tell.js";

/*
 * A host that queues pages, and a worker that summarizes them through a batch API. Here both are one process; usually the host goes on with
 * its own work, and the worker is another process on the same directory: `npx gro-summarizer worker`.
 *
 *   npx tsx examples/worker/main.ts [FOLDER]
 */
const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "gro-worker-")));
const again = `npx tsx examples/worker/main.ts ${folder}`;

// 1. A store: queue, pages, answers and batches, in files that any number of processes may share.
const queuePath = join(folder, "queue");
const store = fileStore(queuePath, { pagesDirectory: join(folder, "pages") });

// 2. The host saves pages and queues them. When this has resolved, no crash loses them.
const texts = new URL("../quickstart/texts/", import.meta.url);
const tokenizer = approximate();
const pages: Page[] = [];
for (const name of (await readdir(texts)).sort()) {
  const content = await readFile(new URL(name, texts), "utf8");
  pages.push({
    id: `pg_${contentHash(content).slice(0, 12)}`,
    label: name,
    content,
    createdAt: new Date().toISOString(),
    messageCount: 1,
    tokens: tokenizer.count(content),
  });
}
const queued = await enqueuePages(store, pages, { targetTokens: 150, chunkSize: 800 });
console.log(`${folder}\n\nqueued:`);
for (const { pageId, kind } of queued) console.log(`  ${pageId} (${kind})`);

// 3. A worker takes them through batches, level by level of their summary trees. Its model is the one whose key is there.
const provider = chooseProvider(process.env);
const worker = new BatchWorker({ store, provider, pollIntervalMs: 5_000, batchPollIntervalMs: 60_000 });
tell(worker);
// What it does then stands in the totals of `npx gro-summarizer status`.
const count = await countForStatus(worker, { queuePath });
process.once("SIGINT", () => void worker.stop());
console.log(`\nthe worker, with ${provider.modelId}:`);
if (provider.id !== "local")
  console.log(`  A batch may take up to a day. Stop with Ctrl-C, and go on with: ${again}`);
const { isDrained } = await worker.drain();
await worker.stop();
await count.stop();

// 4. The summaries are in their pages.
for (const { id, label } of pages) {
  const summary = (await store.pages.read(id))?.page.summary;
  console.log(
    `\n━━ ${label} ${"━".repeat(Math.max(0, 60 - label.length))}\n${summary ?? "(no summary yet)"}`,
  );
}
console.log(isDrained ? "\nNothing is queued any more." : `\nGo on with: ${again}`);
await store.close();
