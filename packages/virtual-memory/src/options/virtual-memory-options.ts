import type { Clock, LanguageModel, SummarizeOptions, Tokenizer } from "@gro/summarizer";
import type { MemoryStore } from "../compaction/workshop.js";
import type { VirtualMemoryEventSink } from "../events.js";

/** A worker that this memory has started. A `BatchWorker` and a `WorkerProcess` are such. */
export interface RunningWorker {
  stop(): Promise<void>;
  /**
   * Settles when it has ended, also by itself: then the memory tells so, with the `reason` of what it resolves to if that is a string, and
   * starts another one after a minute, after longer each time, at most an hour. @default it ends when it is stopped
   */
  readonly ended?: Promise<unknown> | undefined;
}

/** How pages are summarized: the options of `summarize` that the memory does not decide itself. */
export type InlineOptions = Omit<
  SummarizeOptions,
  "model" | "targetTokens" | "targetRatio" | "priorSummary" | "tokenizer" | "clock"
>;

/**
 * The settings of a memory. A store is needed (`store`, or `summarizationQueuePath` with `openStore`), and a model where summaries are
 * made inline; all else has a default. An option that is `undefined` counts as left out.
 */
export interface VirtualMemoryOptions {
  /** Where pages go, and with batch summarization the queue that the worker reads. For example `memoryStore()` of `@gro/queue`. */
  readonly store?: MemoryStore | undefined;
  /** Instead of `store`: the path of a store that `openStore` opens when it is first needed. */
  readonly summarizationQueuePath?: string | undefined;
  /**
   * Opens `summarizationQueuePath`: usually `fileStore` of `@gro/file-store`. This package knows no files, so that it runs everywhere.
   * When it fails, messages stay in working memory, and it is called again with the next need.
   */
  readonly openStore?: ((path: string) => MemoryStore | Promise<MemoryStore>) | undefined;
  /**
   * Whether pages are summarized by a worker, through a batch API, instead of at once by `model`. Placeholders stand in until then.
   * @default false
   */
  readonly enableBatchSummarization?: boolean | undefined;
  /**
   * Starts the worker that summarizes the pages: called with the first page that waits, and again when the worker has ended by itself;
   * `close` stops what it answers. For example
   * `() => startWorkerProcess({ … })` of `@gro/cli`, or a function that starts a `BatchWorker` of `@gro/batch` and answers it. When it
   * fails, that is told, and it is called again with the next context. Needs batch summarization. @default none: a worker runs elsewhere
   */
  readonly startWorker?: (() => RunningWorker | Promise<RunningWorker>) | undefined;
  /** Writes summaries inline. Not asked when batch summarization is on. */
  readonly model?: LanguageModel | undefined;
  /** First in every context, beside the budgets. @default none */
  readonly systemPrompt?: string | undefined;
  /** Budget of messages and summaries, in tokens: from 1000. @default 18000 */
  readonly workingMemoryTokens?: number | undefined;
  /** Budget of loaded pages, in tokens: from 400. @default 18000 */
  readonly pageSlotTokens?: number | undefined;
  /** Above this share of its budget, working memory is compacted: above `lowRatio`, to 1. @default 0.65 */
  readonly highRatio?: number | undefined;
  /** Down to this share: above 0. @default 0.5 */
  readonly lowRatio?: number | undefined;
  /** So many of the latest messages of each lane are not paged: 0 to 1000. @default 4 */
  readonly minRecentPerLane?: number | undefined;
  /**
   * The most tokens of a summary, at most a quarter of the page: 32 to a quarter of `workingMemoryTokens`. Important lines come out
   * of it; a quarter of it is the model's in any case. @default 500, or an eighth of a working memory below 4000
   */
  readonly summaryTokens?: number | undefined;
  /**
   * The most tokens of important lines in one summary in the context; the stored summary has all of its page, and of pages under it as
   * many as half of `pageSlotTokens` holds. 0 to a quarter of `workingMemoryTokens`. @default an eighth of `workingMemoryTokens`
   */
  readonly importantTokens?: number | undefined;
  /**
   * How pages are summarized. Where a worker does it, the options that shape a plan go with the page: contentType, tokenMax, chunkSize,
   * chunkOverlap, maxCollapseDepth. @default contentType "conversation"
   */
  readonly summarize?: InlineOptions | undefined;
  /** Counts tokens. @default `tiktoken("o200k_base")` */
  readonly tokenizer?: Tokenizer | undefined;
  /** Dates pages and, inline, times calls. @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** Names a page by its content. @default `pg_` and the first 12 hexadecimal digits of its SHA-256 */
  readonly pageIdOf?: ((content: string) => string) | undefined;
  /** Hears what happens. @default nobody */
  readonly events?: VirtualMemoryEventSink | undefined;
}
