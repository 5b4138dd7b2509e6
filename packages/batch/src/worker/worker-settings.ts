import {
  InvalidOptionError,
  listPrices,
  systemClock,
  tiktoken,
  type Clock,
  type PriceList,
  type Tokenizer,
} from "@gro/summarizer";
import { resolvePlanOptions, wholeNumber, withId, withMethods } from "@gro/summarizer/executor";
import type { DurableStore } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { BatchDeadline, BatchWorkerOptions, WorkerDefaults } from "./worker-options.js";
import type { CrashPoint } from "./crash-points.js";

/** All options, checked and complete. Times in milliseconds. */
export interface WorkerSettings {
  readonly store: DurableStore;
  readonly provider: BatchProvider;
  readonly pollIntervalMs: number;
  readonly batchPollIntervalMs: number;
  readonly batchSize: number;
  readonly orphanGraceMs: number;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly maxLapses: number;
  readonly parkMs: number;
  readonly resultsPatienceMs: number;
  readonly pauseMs: number;
  readonly batchDeadline: BatchDeadline | undefined;
  readonly defaults: WorkerDefaults;
  readonly tokenizer: Tokenizer;
  readonly prices: PriceList;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomId: () => string;
  readonly signal: AbortSignal | undefined;
  readonly onPoint: (point: CrashPoint) => void | Promise<void>;
}

/** Every default in one place. */
export const WORKER_DEFAULTS = {
  pollIntervalMs: 60_000,
  batchPollIntervalMs: 300_000,
  batchSize: 10_000,
  orphanGraceMs: 120_000,
  maxAttempts: 5,
  maxLapses: 20,
  parkMs: 30 * 60_000,
  resultsPatienceMs: 24 * 60 * 60_000,
  pauseMs: 5 * 60_000,
} as const;

const LONGEST_LEASE_MS = 30_000;
const SHORTEST_LEASE_MS = 1_000;

/** The longest delay of a timer in every runtime. */
const LONGEST_TIMER_MS = 2_147_483_647;

function checkProvider(option: string, provider: BatchProvider): BatchProvider {
  withMethods(option, provider, "submit", "status", "results", "cancel", "find", "sizeOf");
  withId(option, provider);
  if (typeof provider.modelId !== "string" || provider.modelId === "") {
    throw new InvalidOptionError(`${option}.modelId`, provider.modelId, "the id of a model");
  }
  const { limits } = provider;
  wholeNumber(`${option}.limits.maxRequests`, limits?.maxRequests, 1);
  wholeNumber(`${option}.limits.maxBytes`, limits?.maxBytes, 1);
  wholeNumber(`${option}.limits.keepsResultsMs`, limits?.keepsResultsMs ?? 0, 0);
  return provider;
}

function checkStore(store: DurableStore): DurableStore {
  if (typeof store !== "object" || store === null) {
    throw new InvalidOptionError("store", store, "an object with queue, pages, memo and ledger");
  }
  withMethods(
    "store.queue",
    store.queue,
    "claim",
    "extend",
    "complete",
    "release",
    "wake",
    "deadLetter",
    "stats",
  );
  withMethods("store.pages", store.pages, "read", "writeSummary");
  withMethods("store.memo", store.memo, "get", "set");
  withMethods(
    "store.ledger",
    store.ledger,
    ...(["reserve", "claim", "extend", "record", "release", "close", "holders"] as const),
    ...(["failuresOf", "note", "forgive", "openBatches"] as const),
  );
  return store;
}

function checkDeadline(
  deadline: BatchDeadline | undefined,
  provider: BatchProvider,
): BatchDeadline | undefined {
  if (deadline === undefined) return undefined;
  if (typeof deadline !== "object" || deadline === null) {
    throw new InvalidOptionError("batchDeadline", deadline, "an object with afterMs and provider");
  }
  wholeNumber("batchDeadline.afterMs", deadline.afterMs, 0);
  checkProvider("batchDeadline.provider", deadline.provider);
  if (deadline.provider.id === provider.id) {
    throw new InvalidOptionError(
      "batchDeadline.provider.id",
      deadline.provider.id,
      "another id than provider.id",
    );
  }
  if (deadline.provider.modelId !== provider.modelId) {
    throw new InvalidOptionError(
      "batchDeadline.provider.modelId",
      deadline.provider.modelId,
      `the same model as the provider's, ${provider.modelId}: with another one nothing that is paid for could be used`,
    );
  }
  return deadline;
}

/** The defaults must make a plan; what an item adds is checked when it comes. */
function checkDefaults(defaults: WorkerDefaults, modelId: string, tokenizer: Tokenizer): WorkerDefaults {
  if (typeof defaults !== "object" || defaults === null) {
    throw new InvalidOptionError("defaults", defaults, "an object such as { targetTokens: 500 }");
  }
  resolvePlanOptions({ ...defaults, tokenizer }, modelId);
  return defaults;
}

function checkFunction<Signature extends (...given: never[]) => unknown>(
  option: string,
  value: Signature,
  allowed: string,
): Signature {
  if (typeof value === "function") return value;
  throw new InvalidOptionError(option, value, allowed);
}

/**
 * Checks every option once and fills in the defaults.
 * @throws InvalidOptionError that names the option, the value and what is allowed.
 */
export function resolveWorkerOptions(options: BatchWorkerOptions): WorkerSettings {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with store and provider");
  }
  const { clock, signal, tokenizer: chosen } = options;
  const store = checkStore(options.store);
  const provider = checkProvider("provider", options.provider);
  const tokenizer =
    chosen === undefined
      ? tiktoken("o200k_base")
      : withId("tokenizer", withMethods("tokenizer", chosen, "count"));
  const count = (name: keyof typeof WORKER_DEFAULTS, least: number, most?: number) =>
    wholeNumber(name, options[name] ?? WORKER_DEFAULTS[name], least, most);
  const orphanGraceMs = count("orphanGraceMs", 0);
  const usualLeaseMs = Math.min(LONGEST_LEASE_MS, Math.max(SHORTEST_LEASE_MS, Math.ceil(orphanGraceMs / 4)));
  return {
    store,
    provider,
    pollIntervalMs: count("pollIntervalMs", 1, LONGEST_TIMER_MS),
    batchPollIntervalMs: count("batchPollIntervalMs", 1, LONGEST_TIMER_MS),
    batchSize: count("batchSize", 1),
    orphanGraceMs,
    leaseMs: wholeNumber("leaseMs", options.leaseMs ?? usualLeaseMs, 3, LONGEST_TIMER_MS),
    maxAttempts: count("maxAttempts", 1),
    maxLapses: count("maxLapses", 1),
    parkMs: count("parkMs", 1, LONGEST_TIMER_MS),
    resultsPatienceMs: count("resultsPatienceMs", 0),
    pauseMs: count("pauseMs", 1, LONGEST_TIMER_MS),
    batchDeadline: checkDeadline(options.batchDeadline, provider),
    defaults: checkDefaults(options.defaults ?? {}, provider.modelId, tokenizer),
    tokenizer,
    prices: checkFunction(
      "prices",
      options.prices ?? listPrices,
      "a function from a model's id to its price",
    ),
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
    random: checkFunction("random", options.random ?? Math.random, "a function that gives numbers in [0, 1)"),
    randomId: checkFunction(
      "randomId",
      options.randomId ?? (() => crypto.randomUUID()),
      "a function that gives ids",
    ),
    signal: signal === undefined ? undefined : withMethods("signal", signal, "addEventListener"),
    onPoint: checkFunction("onPoint", options.onPoint ?? (() => undefined), "a function"),
  };
}
