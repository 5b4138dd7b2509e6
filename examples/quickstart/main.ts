import { readFile } from "node:fs/promises";
import { extractive } from "@gro/extractive";
import { summarize, tiktoken, type ContentType } from "@gro/summarizer";
import { drawTree } from "./draw-tree.js";
import { throughBatches, type QueuedText } from "./through-batches.js";

/**
 * Three texts, three kinds of content, no key and no network: the offline model picks sentences. Any other model
 * goes through the same tree.
 */
const TEXTS: readonly {
  readonly file: string;
  readonly contentType: ContentType;
  readonly targetTokens: number;
}[] = [
  { file: "conversation.txt", contentType: "conversation", targetTokens: 220 },
  { file: "journal.txt", contentType: "journal", targetTokens: 220 },
  { file: "document.md", contentType: "document", targetTokens: 220 },
];

const model = extractive();
const tokenizer = tiktoken("o200k_base");
const queued: QueuedText[] = [];

for (const { file, contentType, targetTokens } of TEXTS) {
  const text = await readFile(new URL(`./texts/${file}`, import.meta.url), "utf8");
  const startedAt = performance.now();
  // Chunks of 800 tokens, so that texts of a few pages already grow a tree; the default is 2048.
  const result = await summarize(text, {
    model,
    contentType,
    targetTokens,
    chunkSize: 800,
    chunkOverlap: 80,
    tokenizer,
  });
  const milliseconds = Math.round(performance.now() - startedAt);

  console.log(`\n━━ ${file} ${"━".repeat(Math.max(0, 70 - file.length))}`);
  console.log(
    `${result.inputTokens} tokens → ${result.outputTokens} (target ${targetTokens}, ratio ${result.compressionRatio.toFixed(3)}), ` +
      `fit: ${result.fit}, merge levels: ${result.collapseDepth}, calls: ${result.usage.calls}, ${milliseconds} ms`,
  );
  if (result.sources !== null) console.log(`\n${drawTree(result.sources, text, tokenizer)}`);
  console.log(`\n${result.summary}`);
  queued.push({ file, content: text, contentType, targetTokens });
}

await throughBatches(queued, model, tokenizer);
