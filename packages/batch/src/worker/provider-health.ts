import type { ModelErrorKind } from "@gro/summarizer";
import type { ProviderFailure } from "../ports/batch-provider.js";

/** Failures that time alone does not mend: somebody has to do something about the account or the settings. */
const NEEDS_SOMEBODY: ReadonlySet<string> = new Set<ModelErrorKind>([
  "out_of_credit",
  "credentials_missing",
  "credentials_refused",
  "permission_denied",
  "model_not_found",
]);

/** Whether a failure of this kind concerns the account or the model, and not the request. */
export function needsSomebody(kind: string): boolean {
  return NEEDS_SOMEBODY.has(kind);
}

/*
 * How a provider takes submissions:
 *
 *   well ──refused, overloaded───────────────▶ backing off ──the wait is over──▶ well, with a longer wait next time
 *     └─no credit, no access, every batch invalid─▶ paused ──the pause is over: one try──▶ well | paused
 *
 * A batch that is created makes everything well, for the moment: some APIs take every batch and turn it down later. So waits grow until
 * one came to its end.
 */
type State =
  | { readonly kind: "well" }
  | { readonly kind: "backing-off"; readonly until: number }
  | { readonly kind: "paused"; readonly until: number; readonly failure: ProviderFailure };

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A queue that is full for the second time is not empty a moment later: batches take hours. */
const LONGEST_QUEUE_WAIT_MS = 60 * 60_000;
/** Half of each wait is random, so that workers that were refused together do not come back together. */
const JITTER_SHARE = 0.5;
/** So many batches of one request each, all invalid: then it is not the requests. */
const MOST_INVALID_IN_A_ROW = 16;

/** What a worker has learned of a provider. In memory alone: whoever starts anew tries anew. */
export class ProviderHealth {
  private state: State = { kind: "well" };
  private refusals = 0;
  private invalidInARow = 0;
  private most = Number.POSITIVE_INFINITY;

  constructor(
    private readonly pauseMs: number,
    private readonly random: () => number,
  ) {}

  /** How many requests a batch may have: fewer after the provider's queue was full. */
  get mostRequests(): number {
    return this.most;
  }

  /** Why submissions are paused, or were until the next try; `undefined` when they are not. */
  get pausedBy(): ProviderFailure | undefined {
    return this.state.kind === "paused" ? this.state.failure : undefined;
  }

  /** When something may be submitted again, in milliseconds since the epoch; `undefined` for now. */
  blockedUntil(now: number): number | undefined {
    return this.state.kind !== "well" && this.state.until > now ? this.state.until : undefined;
  }

  /** A batch was created. Whether that ends a pause. */
  created(): boolean {
    const wasPaused = this.state.kind === "paused";
    this.state = { kind: "well" };
    this.invalidInARow = 0;
    return wasPaused;
  }

  /**
   * Waits longer each time, at least as long as the provider asks. Answers until when. Batches that are turned down while it waits
   * already were sent before that, and make the next wait no longer.
   */
  backOff({ retryAfterMs = 0 }: ProviderFailure, now: number, atLeastMs = 0): number {
    if (this.blockedUntil(now) === undefined) this.refusals += 1;
    const growth = 2 ** Math.min(Math.max(0, this.refusals - 1), 30);
    const isLater = atLeastMs > 0;
    const waitMs = isLater
      ? Math.min(LONGEST_QUEUE_WAIT_MS, Math.max(FIRST_WAIT_MS, atLeastMs) * growth)
      : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * growth);
    const spread = waitMs * (1 - JITTER_SHARE * this.random());
    const until = now + Math.ceil(Math.max(spread, retryAfterMs, atLeastMs));
    if (this.state.kind !== "paused" || this.state.until < until) this.state = { kind: "backing-off", until };
    return until;
  }

  /** Stops submitting for a while. Answers until when, and whether that is news. */
  pause(failure: ProviderFailure, now: number): { readonly until: number; readonly isNews: boolean } {
    const isNews = this.state.kind !== "paused" || this.state.failure.kind !== failure.kind;
    const until = now + this.pauseMs;
    this.state = { kind: "paused", until, failure };
    return { until, isNews };
  }

  /** One request alone was refused as invalid. Whether all are, so that the fault lies elsewhere. */
  requestInvalid(): boolean {
    this.invalidInARow += 1;
    return this.invalidInARow >= MOST_INVALID_IN_A_ROW;
  }

  /** The provider's own queue had no room for a batch of so many requests: half of them find room sooner. */
  queueFull(requests: number): void {
    this.most = Math.min(this.most, Math.max(1, Math.floor(requests / 2)));
  }

  /** A batch came to its end: there is room again. */
  batchEnded(): void {
    this.refusals = 0;
    this.most *= 2;
  }
}
