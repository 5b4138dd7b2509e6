import { callModel, type CallSettings } from "@gro/summarizer/executor";
import type { Completion } from "@gro/summarizer";
import type {
  BatchCounts,
  BatchRequest,
  BatchResult,
  BatchStatus,
  BatchSubmission,
} from "../ports/batch-provider.js";
import { failureFrom } from "../worker/describe-error.js";
import type { Lanes } from "../worker/lanes.js";
import { needsSomebody } from "../worker/provider-health.js";

/** Nothing is set aside for a call: whoever queued the page has decided that it is summarized. */
const UNLIMITED = { answered: () => undefined, refused: () => undefined, lost: () => undefined };

/** A batch that runs in this process, from its first call to the last. */
export class LocalRun {
  readonly ref: string;
  /** Resolves when every request has its result. */
  readonly ended: Promise<void>;
  private readonly done: BatchResult[] = [];
  private readonly total: number;
  private isCanceled = false;
  /** One for each call under way: a signal that all of them shared would gather their listeners. */
  private readonly underWay = new Set<AbortController>();

  constructor(
    { ref, requests, remember }: BatchSubmission,
    private readonly settings: CallSettings,
    lanes: Lanes,
  ) {
    this.ref = ref;
    this.total = requests.length;
    this.ended = this.runAll(requests, remember, lanes);
  }

  status(): BatchStatus {
    if (this.done.length < this.total) return { kind: "running", total: this.total };
    const counts = { succeeded: 0, errored: 0, canceled: 0, expired: 0 } satisfies BatchCounts;
    for (const { kind } of this.done) if (kind !== "malformed") counts[kind] += 1;
    return { kind: "ended", counts };
  }

  results(): readonly BatchResult[] {
    return this.done;
  }

  /** Begins no further calls; those under way come to their end, as they are paid for. */
  cancel(): void {
    this.isCanceled = true;
    for (const lastAttempt of this.underWay) lastAttempt.abort();
  }

  private async runAll(
    requests: readonly BatchRequest[],
    remember: BatchSubmission["remember"],
    lanes: Lanes,
  ): Promise<void> {
    const running = requests.map(
      (request) =>
        new Promise<void>((resolve) => {
          void lanes.start(async () => {
            this.done.push(await this.run(request, remember));
            resolve();
          });
        }),
    );
    await Promise.all(running);
  }

  private async run(
    { key, request }: BatchRequest,
    remember: BatchSubmission["remember"],
  ): Promise<BatchResult> {
    if (this.isCanceled) return { kind: "canceled", key };
    const lastAttempt = new AbortController();
    this.underWay.add(lastAttempt);
    let completion: Completion;
    try {
      completion = plainCopy(
        await callModel(request, this.settings, {
          reserve: () => Promise.resolve(UNLIMITED),
          signal: new AbortController().signal,
          lastAttempt: lastAttempt.signal,
          onRetry: () => undefined,
        }),
      );
    } catch (error) {
      // The retries are over, so what does not say that it may pass is the request's own fault.
      const failure = failureFrom(error, isPassing(error) ? "server_error" : "invalid_request");
      // All other calls would fail like this one.
      if (needsSomebody(failure.kind)) this.cancel();
      return { kind: "errored", key, failure };
    } finally {
      this.underWay.delete(lastAttempt);
    }
    // What the memo does not take now is handed over with the results.
    await remember(key, completion).catch(() => undefined);
    return { kind: "succeeded", key, completion };
  }
}

function isPassing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "isRetryable" in error && error.isRetryable === true;
}

/** The completion as data of its own: a model may go on changing what it returned. */
function plainCopy({ text, finishReason, usage }: Completion): Completion {
  return { text, finishReason, usage: { ...usage } };
}
