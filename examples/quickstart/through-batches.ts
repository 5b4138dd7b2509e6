import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWorker, localBatch } from "@gro/batch";
import { fileStore } from "@gro/file-store";
import { contentHash, enqueuePages } from "@gro/queue";
import type { ContentType, LanguageModel, Tokenizer } from "@gro/summarizer";

/** A text to be queued. */
export interface QueuedText {
  readonly file: string;
  readonly content: string;
  readonly contentType: ContentType;
  readonly targetTokens: number;
}

/** The same content is the same page. */
function pageIdOf(content: string): string {
  return `pg_${contentHash(content).slice(0, 12)}`;
}

/**
 * Takes texts the other way, which costs half with a provider: queued as pages, summarized by a worker through batches, read back
 * from their pages. A crash in between would lose nothing.
 */
export async function throughBatches(
  texts: readonly QueuedText[],
  model: LanguageModel,
  tokenizer: Tokenizer,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "gro-quickstart-"));
  const store = fileStore(join(folder, "queue"), { pagesDirectory: join(folder, "pages") });
  console.log(`\n━━ the same through the queue and batches ${"━".repeat(31)}`);
  console.log(`in ${folder}, removed in the end\n`);

  for (const { file, content, contentType, targetTokens } of texts) {
    const page = {
      id: pageIdOf(content),
      label: file,
      content,
      createdAt: new Date().toISOString(),
      messageCount: 1,
      tokens: tokenizer.count(content),
    };
    await enqueuePages(store, [page], { contentType, targetTokens, chunkSize: 800, chunkOverlap: 80 });
    console.log(`queued      ${page.id}  ${file}`);
  }

  // With a key, `anthropicBatch(…)` or `openaiBatch(…)` stands in the place of `localBatch(…)`.
  const worker = new BatchWorker({ store, provider: localBatch(model), tokenizer });
  worker.events.on("batchCollected", ({ requests, succeeded }) =>
    console.log(`batch       ${requests} requests of all pages together, ${succeeded} answered`),
  );
  worker.events.on("itemSummarized", ({ pageId, inputTokens, outputTokens }) =>
    console.log(`summarized  ${pageId}  ${inputTokens} → ${outputTokens} tokens`),
  );
  await worker.drain();
  await worker.stop();

  for (const { file, content } of texts) {
    const { page } = (await store.pages.read(pageIdOf(content))) ?? {};
    console.log(`\n${file}: ${page?.summary?.split("\n")[0] ?? "no summary"} …`);
  }
  await store.close();
  await rm(folder, { recursive: true });
}
