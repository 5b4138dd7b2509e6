import type { Clock, PriceList, Tokenizer } from "@gro/summarizer";
import type { DurableStore, SummaryRequest } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { CrashPoint } from "./crash-points.js";

/** How pages are summarized whose items do not say it themselves. */
export type WorkerDefaults = Omit<SummaryRequest, "model">;

/** Who does what batches have not done in time. */
export interface BatchDeadline {
  /** How long an item may wait, in milliseconds since it was queued: from 0. */
  readonly afterMs: number;
  /** Usually `localBatch(model)`. Its `modelId` is the worker's, so that what is paid for already counts. */
  readonly provider: BatchProvider;
}

/** The settings of a worker. Only `store` and `provider` have no default. An option that is `undefined` counts as left out. */
export interface BatchWorkerOptions {
  /** What hosts and workers share, for example `memoryStore()` or `fileStore(directory)`. */
  readonly store: DurableStore;
  /** Who answers, for example `anthropicBatch(…)` or `localBatch(model)`. */
  readonly provider: BatchProvider;
  /** How often to look for new items, in milliseconds: from 1. @default 60000 */
  readonly pollIntervalMs?: number | undefined;
  /** How often to ask about a batch, in milliseconds: from 1. @default 300000 */
  readonly batchPollIntervalMs?: number | undefined;
  /** The most requests in a batch: from 1; the provider's own limits hold as well. @default 10000 */
  readonly batchSize?: number | undefined;
  /**
   * How long a submission that was not answered is looked for before its requests may be sent again, in milliseconds: from 0. For so
   * long, too, the provider must say of a batch that was sent that it does not know it, before its requests are sent again; while it
   * does not know others either, for as long as `resultsPatienceMs`.
   * Shorter than the provider takes to list what it has accepted means paying twice. @default 120000
   */
  readonly orphanGraceMs?: number | undefined;
  /**
   * How long what a dead worker had in hands is left alone, in milliseconds: from 3. @default a quarter of `orphanGraceMs`, but 1 to 30 s
   */
  readonly leaseMs?: number | undefined;
  /** How often a request is asked that fails by no fault of its own: from 1. @default 5 */
  readonly maxAttempts?: number | undefined;
  /** How many workers in a row may die over an item before it is a dead letter: from 1. @default 20 */
  readonly maxLapses?: number | undefined;
  /** How long an item waits at most before it is looked at although its batch has not ended, in milliseconds: from 1. @default 1800000 */
  readonly parkMs?: number | undefined;
  /**
   * How long the results of a batch that has ended are read again, ever more seldom, while they are short or cannot be read, in
   * milliseconds: from 0. Then what lacks is a dead letter, `results_unreadable`; the batch is read again when somebody retries it, for
   * as long as its provider keeps results, and nothing is asked anew before. While the provider cannot be reached, or does not take
   * the key, its results are not given up before it has deleted them. @default 86400000: a day
   */
  readonly resultsPatienceMs?: number | undefined;
  /** How long nothing is submitted when the account is out of credit or access, in milliseconds: from 1. @default 300000 */
  readonly pauseMs?: number | undefined;
  /** After which time, and by whom, what is left is run otherwise. @default never */
  readonly batchDeadline?: BatchDeadline | undefined;
  /** How pages are summarized whose items do not say it themselves. @default {}: the defaults of `summarize` */
  readonly defaults?: WorkerDefaults | undefined;
  /** Counts tokens. @default `tiktoken("o200k_base")` */
  readonly tokenizer?: Tokenizer | undefined;
  /** What models cost, for events. @default `listPrices` */
  readonly prices?: PriceList | undefined;
  /** For sleeping and for what is this worker's alone; times that are shared are the store's. @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) that spread retries over time. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Makes names of batches: never the same twice, in no process. @default crypto.randomUUID */
  readonly randomId?: (() => string) | undefined;
  /** Stops the worker, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
  /** For tests: called, and awaited, at every moment between two effects. Must not throw. */
  readonly onPoint?: ((point: CrashPoint) => void | Promise<void>) | undefined;
}
