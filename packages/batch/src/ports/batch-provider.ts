import type { Completion, CompletionRequest, ModelErrorKind } from "@gro/summarizer";

/** One step on its way to a provider. */
export interface BatchRequest {
  /** The step key: 43 characters of base64url, unique in its batch. The provider sends it back with the result. */
  readonly key: string;
  readonly request: CompletionRequest;
}

/** A batch on its way to a provider. */
export interface BatchSubmission {
  /** Our own name for it. Providers that can carry it return it in look-ups. */
  readonly ref: string;
  readonly requests: readonly BatchRequest[];
  /**
   * For providers that do the work in this process: stores a completion as soon as it is there, so that nothing paid for is lost
   * with the process. Others have no use for it.
   */
  readonly remember: (key: string, completion: Completion) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** A provider's failure, for programs and people. */
export interface ProviderFailure {
  readonly kind: ModelErrorKind;
  /** What went wrong and what to do, in a sentence. Never a key, never content. */
  readonly message: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** What is known after a submission. */
export type SubmitOutcome =
  | { readonly kind: "created"; readonly batchId: string }
  /** Certainly no batch exists. */
  | { readonly kind: "refused"; readonly failure: ProviderFailure }
  /** A batch may exist: no answer came, or one that leaves it open. Only a look-up tells. */
  | { readonly kind: "unknown"; readonly failure: ProviderFailure };

/** Requests of a batch by what became of them. */
export interface BatchCounts {
  readonly succeeded: number;
  readonly errored: number;
  readonly canceled: number;
  readonly expired: number;
}

export type BatchStatus =
  /** `total` requests, where the provider says so. */
  | { readonly kind: "running"; readonly total: number | null }
  /** Results are ready. `counts` is null where the provider does not say; `endedAt`, in milliseconds since the epoch, may be missing then. */
  | { readonly kind: "ended"; readonly counts: BatchCounts | null; readonly endedAt?: number | undefined }
  /** The batch as a whole was turned down after it had been created: none of its requests was done. */
  | { readonly kind: "failed"; readonly failure: ProviderFailure }
  /** The provider knows no such batch; for a moment after its creation that is no reason to worry. */
  | { readonly kind: "missing" };

/** What became of one request. */
export type BatchResult =
  | { readonly kind: "succeeded"; readonly key: string; readonly completion: Completion }
  | { readonly kind: "errored"; readonly key: string; readonly failure: ProviderFailure }
  /** Not done and not billed. */
  | { readonly kind: "canceled" | "expired"; readonly key: string }
  /** A line that cannot be read. */
  | { readonly kind: "malformed"; readonly key: string | null; readonly detail: string };

export interface LookUp {
  readonly ref: string;
  /** When the batch was intended, in milliseconds since the epoch: no older batch can be it. */
  readonly since: number;
  /**
   * What time it is now by the clock of `since`, which may be another than the provider's. Workers always say it; without it both clocks are
   * taken for one.
   */
  readonly now?: number | undefined;
  readonly requestCount: number;
}

/** A batch that a look-up has found. */
export interface FoundBatch {
  readonly batchId: string;
  /** `false`: only its results tell whose it is. */
  readonly isCertain: boolean;
}

/** Sizes that a provider accepts. Plain data. */
export interface BatchLimits {
  /** Requests in a batch. */
  readonly maxRequests: number;
  /** Bytes of a batch as it is sent. */
  readonly maxBytes: number;
  /**
   * How long results stay readable after the end of their batch, in milliseconds: from 0. For so long what is paid for and was not read is
   * read again before it is asked again, and only when somebody retries its page. @default 2505600000: 29 days
   */
  readonly keepsResultsMs?: number | undefined;
}

/** What the more careful of the providers promises. */
const USUAL_KEEPING_MS = 29 * 86_400_000;

/** Until when a provider has the results of a batch that ended then, in milliseconds since the epoch. */
export function resultsKeptUntil({ limits }: Pick<BatchProvider, "limits">, endedAt: number): number {
  return endedAt + (limits.keepsResultsMs ?? USUAL_KEEPING_MS);
}

/**
 * An API that answers many requests at once, later and cheaper. One object stands for one model of one account; what is asked of a
 * batch by its id, it answers for batches of all models of the account.
 *
 * No method repeats a call that creates something. `status`, `results`, `find` and `cancel` may be called again at will; when they cannot reach the
 * provider they reject with a `ModelError`, whose `isRetryable` tells whether later is better.
 */
export interface BatchProvider {
  /** Whose batches these are, for example "anthropic": workers tend the batches of their own provider alone. */
  readonly id: string;
  /** Part of every step key, the same as the live model's id, for example "anthropic:claude-haiku-4-5". */
  readonly modelId: string;
  readonly limits: BatchLimits;
  /** Tokens that the model can take in and put out together: longer steps are divided before they are sent. @default not known */
  readonly contextTokens?: number;
  /** Tokens that the model may spend on thinking in a request, on top of its output limit. @default none */
  readonly reasoningTokens?: number;
  /** The same account with another of its models, for items that name one. @default such items are dead letters */
  withModel?(model: string): BatchProvider;
  /** Bytes that a request takes up in a batch, its share of separators included. */
  sizeOf(request: BatchRequest): number;
  /** Sends a batch, once. Rejects only for a mistake of the caller's; everything that the provider does is an outcome. */
  submit(submission: BatchSubmission): Promise<SubmitOutcome>;
  status(batchId: string, signal?: AbortSignal): Promise<BatchStatus>;
  /**
   * The results of an ended batch, in any order, streamed. Ends with an error when they break off. One of kind `invalid_request` with
   * status 404 says that the provider itself does not have them any more: when it says so for as long as `resultsPatienceMs`, they are
   * gone, and whoever retries their pages pays anew.
   */
  results(batchId: string, signal?: AbortSignal): AsyncIterable<BatchResult>;
  /** Asks for an early end; what is done by then keeps its results. A batch that has ended, or is not known, is no error. */
  cancel(batchId: string, signal?: AbortSignal): Promise<void>;
  /** Batches that may be one that was intended, the likeliest first. Empty when the provider knows none. */
  find(lookUp: LookUp, signal?: AbortSignal): Promise<readonly FoundBatch[]>;
  /**
   * Only providers that do the work in this process have it: resolves when the batch has ended, or is not known. Whoever submitted such
   * a batch keeps it for itself until then; one that is nobody's has died with its process. @default the work is done elsewhere
   */
  whenEnded?(batchId: string): Promise<void>;
}
