import {
  InvalidOptionError,
  systemClock,
  tiktoken,
  type Clock,
  type LanguageModel,
  type Tokenizer,
} from "@gro/summarizer";
import { resolvePlanOptions, wholeNumber, withId, withMethods } from "@gro/summarizer/executor";
import type { SummaryRequest } from "@gro/queue";
import type { MemoryStore } from "../compaction/workshop.js";
import type { VirtualMemoryEventSink } from "../events.js";
import { pageIdOf } from "../pages/keep-page.js";
import { limitsOf, type Limits } from "./limits.js";
import type { InlineOptions, VirtualMemoryOptions } from "./virtual-memory-options.js";

export const DEFAULTS = {
  workingMemoryTokens: 18_000,
  pageSlotTokens: 18_000,
  highRatio: 0.65,
  lowRatio: 0.5,
  minRecentPerLane: 4,
} as const;

const LEAST_WORKING = 1_000;
const LEAST_SLOT = 400;
const MOST_RECENT = 1_000;
const LEAST_SUMMARY = 32;

/** The checks look at the options alone, and count nothing. */
const NO_TOKENIZER = { id: "none", count: () => 0 };

/** Who makes the summaries. */
export type SummaryMode =
  | {
      readonly kind: "batch";
      readonly request: SummaryRequest;
      readonly startWorker: VirtualMemoryOptions["startWorker"];
    }
  | { readonly kind: "inline"; readonly model: LanguageModel; readonly options: InlineOptions };

/** All options, checked and complete. */
export interface ResolvedOptions {
  readonly openStore: () => MemoryStore | Promise<MemoryStore>;
  /** Whether the memory has opened the store, and so closes it. */
  readonly ownsStore: boolean;
  readonly mode: SummaryMode;
  readonly systemPrompt: string | undefined;
  readonly limits: Limits;
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  readonly pageIdOf: (content: string) => string;
  readonly events: VirtualMemoryEventSink | undefined;
}

/** @throws InvalidOptionError for a store without what this memory needs of it. */
function checkStore(option: string, store: MemoryStore, isBatch: boolean): MemoryStore {
  if (typeof store !== "object" || store === null) {
    throw new InvalidOptionError(option, store, "a store with pages and, for batch summarization, a queue");
  }
  withMethods(`${option}.pages`, store.pages, "read", "save", "writeSummary");
  if (!isBatch) return store;
  const { queue } = store;
  if (queue === undefined) throw new InvalidOptionError(`${option}.queue`, queue, "an object with enqueue()");
  withMethods(`${option}.queue`, queue, "enqueue");
  return store;
}

function resolveStore(options: VirtualMemoryOptions, isBatch: boolean): ResolvedOptions["openStore"] {
  const { store, summarizationQueuePath: path, openStore } = options;
  if (store !== undefined) {
    if (path !== undefined) {
      throw new InvalidOptionError("summarizationQueuePath", path, "left out where there is a store");
    }
    const checked = checkStore("store", store, isBatch);
    return () => checked;
  }
  if (path === undefined) {
    throw new InvalidOptionError("store", store, "a store, or summarizationQueuePath and openStore");
  }
  if (typeof path !== "string" || path === "") {
    throw new InvalidOptionError("summarizationQueuePath", path, "a path");
  }
  if (typeof openStore !== "function") {
    const allowed = "a function that opens summarizationQueuePath, such as fileStore of @gro/file-store";
    throw new InvalidOptionError("openStore", openStore, allowed);
  }
  return async () => checkStore("openStore()", await openStore(path), isBatch);
}

function ratio(option: string, value: number, above: number): number {
  if (typeof value === "number" && value > above && value <= 1) return value;
  throw new InvalidOptionError(option, value, `a number above ${above} and at most 1`);
}

function resolveLimits(options: VirtualMemoryOptions): Limits {
  const {
    workingMemoryTokens = DEFAULTS.workingMemoryTokens,
    pageSlotTokens = DEFAULTS.pageSlotTokens,
    minRecentPerLane = DEFAULTS.minRecentPerLane,
    summaryTokens,
    importantTokens,
  } = options;
  const working = wholeNumber("workingMemoryTokens", workingMemoryTokens, LEAST_WORKING);
  const quarter = Math.floor(working / 4);
  const lowRatio = ratio("lowRatio", options.lowRatio ?? DEFAULTS.lowRatio, 0);
  if (summaryTokens !== undefined) wholeNumber("summaryTokens", summaryTokens, LEAST_SUMMARY, quarter);
  if (importantTokens !== undefined) wholeNumber("importantTokens", importantTokens, 0, quarter);
  return limitsOf({
    ...{ workingMemoryTokens: working, lowRatio, summaryTokens, importantTokens },
    pageSlotTokens: wholeNumber("pageSlotTokens", pageSlotTokens, LEAST_SLOT),
    highRatio: ratio("highRatio", options.highRatio ?? DEFAULTS.highRatio, lowRatio),
    minRecentPerLane: wholeNumber("minRecentPerLane", minRecentPerLane, 0, MOST_RECENT),
  });
}

function requestOf(options: InlineOptions): SummaryRequest {
  const { contentType = "conversation", tokenMax, chunkSize, chunkOverlap, maxCollapseDepth } = options;
  return { contentType, tokenMax, chunkSize, chunkOverlap, maxCollapseDepth };
}

function resolveMode(options: VirtualMemoryOptions, isBatch: boolean): SummaryMode {
  const { summarize = {}, model, startWorker } = options;
  if (typeof summarize !== "object" || summarize === null) {
    throw new InvalidOptionError("summarize", summarize, "an object with options of summarize");
  }
  if (startWorker !== undefined && (!isBatch || typeof startWorker !== "function")) {
    const allowed = isBatch
      ? "a function that starts a worker"
      : "left out, or enableBatchSummarization: true";
    throw new InvalidOptionError("startWorker", startWorker, allowed);
  }
  // A worker would find a wrong option hours later, page by page.
  resolvePlanOptions({ ...requestOf(summarize), tokenizer: NO_TOKENIZER }, "any");
  if (isBatch) return { kind: "batch", request: requestOf(summarize), startWorker };
  if (model === undefined) {
    throw new InvalidOptionError("model", model, "a model, or enableBatchSummarization: true");
  }
  return {
    kind: "inline",
    model: withId("model", withMethods("model", model, "generate")),
    options: summarize,
  };
}

/**
 * Checks every option once and fills in the defaults.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function resolveOptions(options: VirtualMemoryOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with a store");
  }
  const { enableBatchSummarization: isBatch = false, systemPrompt, tokenizer, clock, events } = options;
  if (typeof isBatch !== "boolean") {
    throw new InvalidOptionError("enableBatchSummarization", isBatch, "true or false");
  }
  if (systemPrompt !== undefined && typeof systemPrompt !== "string") {
    throw new InvalidOptionError("systemPrompt", systemPrompt, "a string");
  }
  const nameOf = options.pageIdOf ?? pageIdOf;
  if (typeof nameOf !== "function") {
    throw new InvalidOptionError("pageIdOf", nameOf, "a function from a content to an id");
  }
  return {
    openStore: resolveStore(options, isBatch),
    ownsStore: options.store === undefined,
    mode: resolveMode(options, isBatch),
    systemPrompt,
    limits: resolveLimits(options),
    tokenizer: withId("tokenizer", withMethods("tokenizer", tokenizer ?? tiktoken("o200k_base"), "count")),
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
    pageIdOf: nameOf,
    events: events === undefined ? undefined : withMethods("events", events, "emit"),
  };
}
