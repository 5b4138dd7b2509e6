import type { KeyFailure } from "@gro/queue";
import { NO_USAGE, withCall } from "@gro/summarizer/executor";
import type { Completion, CompletionUsage, SummaryUsage } from "@gro/summarizer";
import type { BatchCounts, BatchResult, ProviderFailure } from "../ports/batch-provider.js";
import { BATCH_FAILURES } from "../advance/decide-step.js";
import type { ReadingFacts } from "./decide-results.js";

const MESSAGES = {
  expired: "The batch's time was over before the request was done.",
  canceled: "The batch was canceled before the request was done.",
  malformed: "The result of the request could not be read.",
  noResult: "The batch ended without a result for the request.",
} as const;

/** Keeps count of what a batch's results say: which of its requests were answered, and why the others were not. */
export class ResultTally implements ReadingFacts {
  /** The tokens of each success, as they are billed. */
  readonly paid = new Map<string, CompletionUsage>();
  private readonly answered = new Set<string>();
  private readonly failures = new Map<string, KeyFailure>();
  /** Requests whose only results cannot be read. */
  private readonly garbled = new Set<string>();
  private readonly others = new Set<string>();
  private readonly adopted = new Set<string>();
  private readonly keys: ReadonlySet<string>;
  private spent: SummaryUsage = NO_USAGE;
  private worstFailure: ProviderFailure | undefined;
  unknownKeys = 0;
  duplicateKeys = 0;
  /** Lines that cannot be read, whosesoever they are. */
  malformed = 0;

  constructor(
    keys: readonly string[],
    private readonly needsSomebody: (kind: string) => boolean,
  ) {
    this.keys = new Set(keys);
  }

  /** Takes one result. Whether it is a completion that is to be stored. */
  take(result: BatchResult): boolean {
    if (result.kind === "malformed") this.malformed += 1;
    const { key } = result;
    if (key === null) return false;
    if (!this.keys.has(key)) {
      if (result.kind !== "malformed") this.unknownKeys += 1;
      if (result.kind === "succeeded") this.others.add(key);
      return false;
    }
    const isKnown = this.answered.has(key) || this.failures.has(key);
    if (isKnown || this.garbled.has(key)) this.duplicateKeys += 1;
    // A success counts whatever else is said of the key: it is there, and it was paid for.
    if (result.kind === "succeeded") {
      if (this.answered.has(key)) return false;
      this.failures.delete(key);
      this.garbled.delete(key);
      this.answered.add(key);
      this.spent = withCall(this.spent, result.completion);
      this.paid.set(key, tokensOf(result.completion));
      return true;
    }
    if (isKnown) return false;
    if (result.kind === "malformed") {
      this.garbled.add(key);
      return false;
    }
    this.garbled.delete(key);
    this.failures.set(key, this.failureOf(key, result));
    return false;
  }

  /**
   * Counts the completion of a request that the record does not hold, and that is stored all the same: what it cost, and that it is
   * there. Whether it is the first.
   */
  adopt(key: string, completion: Completion): boolean {
    if (this.keys.has(key) || this.adopted.has(key)) return false;
    this.adopted.add(key);
    this.spent = withCall(this.spent, completion);
    this.paid.set(key, tokensOf(completion));
    return true;
  }

  /** Those that are stored without being the record's. */
  get adoptedKeys(): readonly string[] {
    return [...this.adopted];
  }

  get succeeded(): number {
    return this.answered.size;
  }

  get succeededKeys(): readonly string[] {
    return [...this.answered];
  }

  get othersSucceeded(): number {
    return this.others.size;
  }

  get unread(): number {
    return this.keys.size - this.answered.size - this.failures.size;
  }

  /** Requests of which it is not known what became of them: nothing speaks of them, or nothing that can be read. */
  get unreadKeys(): readonly string[] {
    return [...this.keys].filter((key) => !this.answered.has(key) && !this.failures.has(key));
  }

  get usage(): SummaryUsage {
    return this.spent;
  }

  /** A failure that somebody has to mend, such as an account without credit. */
  get trouble(): ProviderFailure | undefined {
    return this.worstFailure;
  }

  /** What results say of requests that were not answered. */
  get knownFailures(): readonly KeyFailure[] {
    return [...this.failures.values()];
  }

  /** Every request that has no completion, with the reason. Of what has no result the counts may tell: some APIs list it nowhere. */
  allFailures(counts: BatchCounts | null): readonly KeyFailure[] {
    const seen = (kind: string) => this.knownFailures.filter((failure) => failure.kind === kind).length;
    let canceled = (counts?.canceled ?? 0) - seen(BATCH_FAILURES.canceled);
    let expired = (counts?.expired ?? 0) - seen(BATCH_FAILURES.expired);
    const unread = this.unreadKeys.map((key): KeyFailure => {
      if (this.garbled.has(key)) return { key, kind: "malformed_response", message: MESSAGES.malformed };
      if (canceled-- > 0) return { key, kind: BATCH_FAILURES.canceled, message: MESSAGES.canceled };
      if (expired-- > 0) return { key, kind: BATCH_FAILURES.expired, message: MESSAGES.expired };
      return { key, kind: BATCH_FAILURES.noResult, message: MESSAGES.noResult };
    });
    return [...this.knownFailures, ...unread];
  }

  private failureOf(
    key: string,
    result: Exclude<BatchResult, { kind: "succeeded" | "malformed" }>,
  ): KeyFailure {
    switch (result.kind) {
      case "errored": {
        const { failure } = result;
        if (this.needsSomebody(failure.kind)) this.worstFailure ??= failure;
        return { key, kind: failure.kind, message: failure.message };
      }
      case "expired":
      case "canceled":
        return { key, kind: BATCH_FAILURES[result.kind], message: MESSAGES[result.kind] };
    }
  }
}

/** The same numbers that `withCall` adds up, also for a completion that is none. */
function tokensOf(completion: Completion): CompletionUsage {
  const { inputTokens, outputTokens } = withCall(NO_USAGE, completion);
  return { inputTokens, outputTokens };
}

/** Failures by kind. */
export function countByKind(failures: readonly KeyFailure[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of failures) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
