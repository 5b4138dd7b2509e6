import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWorker, localBatch } from "@gro/batch";
import { extractive } from "@gro/extractive";
import { fileStore } from "@gro/file-store";
import { contentHash, enqueuePages, type DurableStore, type Page } from "@gro/queue";
import { approximate } from "@gro/summarizer";
import { tell } from "../worker/tell.js";
import { sqliteQueue } from "./sqlite-queue.js";

/*
 * A queue of one's own in the place of the one that comes along: here in SQLite. Host and worker notice no difference.
 *
 *   npx tsx examples/custom-queue-store/main.ts [FOLDER]
 */
const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "gro-sqlite-")));
const files = fileStore(join(folder, "answers"), { pagesDirectory: join(folder, "pages") });

// One part is ours, the others stay what they were.
const store: DurableStore = { ...files, queue: sqliteQueue(join(folder, "queue.db")) };

const texts = new URL("../quickstart/texts/", import.meta.url);
const pages: Page[] = [];
for (const label of (await readdir(texts)).sort()) {
  const content = await readFile(new URL(label, texts), "utf8");
  const id = `pg_${contentHash(content).slice(0, 12)}`;
  const tokens = approximate().count(content);
  pages.push({ id, label, content, createdAt: new Date().toISOString(), messageCount: 1, tokens });
}
const queued = await enqueuePages(store, pages, { targetTokens: 150, chunkSize: 800 });
console.log(`${folder}\n`);
for (const { pageId, kind } of queued) console.log(`  ${pageId} (${kind})`);
console.log(`\nthe queue: ${JSON.stringify(await store.queue.stats())}\n`);

const worker = new BatchWorker({ store, provider: localBatch(extractive()) });
tell(worker);
await worker.drain();
await worker.stop();
console.log(`\nthe queue: ${JSON.stringify(await store.queue.stats())}\n`);
for (const { id, label } of pages) {
  const { page } = (await store.pages.read(id)) ?? {};
  console.log(`${label}: ${page?.summary?.split("\n")[0] ?? "no summary"} …`);
}
await files.close();
