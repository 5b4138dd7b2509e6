import type { KeyFailure } from "@gro/queue";
import { NO_USAGE, withCall } from "@gro/summarizer/executor";
import type { Completion, CompletionUsage, SummaryUsage } from "@gro/summarizer";
import type { BatchCounts, BatchResult, ProviderFailure } from "../ports/batch-provider.js";
import { BATCH_FAILURES } from "../advance/decide-step.js";

const MESSAGES = {
  expired: "The batch's time was over before the request was done.",
  canceled: "The batch was canceled before the request was done.",
  malformed: "The result of the request could not be read.",
  noResult: "The batch ended without a result for the request.",
} as const;

/** Keeps count of what a batch's results say: which of its requests were answered, and why the others were not. */
export class ResultTally {
  readonly succeeded = new Set<string>();
  /** The tokens of each success, as they are billed. */
  readonly paid = new Map<string, CompletionUsage>();
  private readonly failures = new Map<string, KeyFailure>();
  private readonly keys: ReadonlySet<string>;
  private spent: SummaryUsage = NO_USAGE;
  private worstFailure: ProviderFailure | undefined;
  unknownKeys = 0;
  duplicateKeys = 0;
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
      return false;
    }
    const isSecond = this.succeeded.has(key) || this.failures.has(key);
    if (isSecond) this.duplicateKeys += 1;
    // A success counts whatever else is said of the key: it is there, and it was paid for.
    if (result.kind === "succeeded") {
      if (this.succeeded.has(key)) return false;
      this.failures.delete(key);
      this.succeeded.add(key);
      this.spent = withCall(this.spent, result.completion);
      this.paid.set(key, tokensOf(result.completion));
      return true;
    }
    if (!isSecond) this.failures.set(key, this.failureOf(key, result));
    return false;
  }

  /** Results with one of the batch's keys. */
  get recognized(): number {
    return this.succeeded.size + this.failures.size;
  }

  get usage(): SummaryUsage {
    return this.spent;
  }

  /** A failure that somebody has to mend, such as an account without credit. */
  get trouble(): ProviderFailure | undefined {
    return this.worstFailure;
  }

  /** Requests that no result speaks of. */
  get missing(): readonly string[] {
    return [...this.keys].filter((key) => !this.succeeded.has(key) && !this.failures.has(key));
  }

  /** Whether the provider has more successes than were read: the rest may come with another reading. */
  isShort(counts: BatchCounts | null): boolean {
    if (counts === null) return this.missing.length > 0;
    return (
      this.succeeded.size + this.malformed + this.unknownKeys < Math.min(counts.succeeded, this.keys.size)
    );
  }

  /** Every request that has no completion, with the reason. */
  allFailures(): readonly KeyFailure[] {
    const missing = this.missing.map((key) => ({
      key,
      kind: BATCH_FAILURES.noResult,
      message: MESSAGES.noResult,
    }));
    return [...this.failures.values(), ...missing];
  }

  private failureOf(key: string, result: Exclude<BatchResult, { kind: "succeeded" }>): KeyFailure {
    switch (result.kind) {
      case "errored": {
        const { failure } = result;
        if (this.needsSomebody(failure.kind)) this.worstFailure ??= failure;
        return { key, kind: failure.kind, message: failure.message };
      }
      case "expired":
      case "canceled":
        return { key, kind: BATCH_FAILURES[result.kind], message: MESSAGES[result.kind] };
      case "malformed":
        return { key, kind: "malformed_response", message: MESSAGES.malformed };
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
