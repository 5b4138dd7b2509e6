import type { Fit, ModelErrorKind, SummaryUsage } from "@gro/summarizer";
import type { ProviderFailure } from "../ports/batch-provider.js";
import type { AnswerTokens } from "./paid-answers.js";
import type { TickReport } from "./tick-report.js";

/** A batch as events name it: never its keys. */
export interface BatchName {
  /** Our own name for it. */
  readonly ref: string;
  /** `BatchProvider.id`. */
  readonly provider: string;
  readonly modelId: string;
  /** How many requests it holds. */
  readonly requests: number;
}

/** A batch whose name at the provider is known. */
export interface KnownBatch extends BatchName {
  readonly batchId: string;
}

/** Requests that were sent before. */
export interface SentBefore {
  /** How many of the batch's requests have failed before and are sent again. */
  readonly retries: number;
}

/** What a batch has brought. */
export interface CollectedBatch extends KnownBatch {
  /** Of its own requests. One that was opened again also stores what it holds for others, and tells it in `usage`. */
  readonly succeeded: number;
  /** Requests without a completion, by the kind of their failure. */
  readonly failed: Readonly<Record<string, number>>;
  /** What was billed: `costUsd` at the batch price, where the price is known. */
  readonly usage: SummaryUsage;
  /** What the same would have cost live, where the price is known. */
  readonly liveCostUsd?: number;
  /** Whether it was found by a look-up that was not certain, and only these results have shown that it is the one. */
  readonly wasCandidate: boolean;
  /** Milliseconds from the reservation of its requests to the end of its collection. */
  readonly tookMs: number;
}

/** Why a batch is finished. */
export type ClosingReason =
  /** Its results are in the memo. */
  | "collected"
  /** The provider turned it down, at once or later. */
  | "refused"
  /** The provider does not know it any more. */
  | "vanished"
  /** It was never created. */
  | "not_created"
  /** What it was to ask had been answered meanwhile. */
  | "not_needed"
  /** The process that ran it is gone. */
  | "orphaned";

/** Something about a batch's results that should not be. */
export type ResultAnomaly =
  | "unknown_key"
  | "duplicate_key"
  | "malformed_result"
  /** Fewer successes than the provider counts. */
  | "short_read"
  /** Read for the last time, and some requests have no result. */
  | "no_result";

/** What a worker was doing when something failed that it goes on without. */
export interface WorkerError {
  /** For people, for example "reading a page". */
  readonly doing: string;
  /** Never content, never a key. */
  readonly message: string;
  /** The code or kind of the error, where it has one. */
  readonly code: string | null;
  readonly isRetryable: boolean;
  readonly ref?: string | undefined;
  readonly pageId?: string | undefined;
}

/** The events of a worker by name. They hold no content and no key of access. */
export interface BatchWorkerEvents {
  tickDone: [report: TickReport];
  batchReserved: [batch: BatchName];
  batchSubmitted: [batch: KnownBatch & SentBefore];
  /** Nobody knows whether the batch exists: it will be looked up before anything is sent again. */
  batchSubmissionUnknown: [batch: BatchName & SentBefore & { readonly failure: ProviderFailure }];
  batchRefused: [batch: BatchName & { readonly failure: ProviderFailure }];
  /** A look-up has found a batch whose id was not known: for certain, or only its results can tell. */
  batchAdopted: [batch: KnownBatch & { readonly isCertain: boolean }];
  /** Its results showed that it was another's. */
  batchRuledOut: [batch: KnownBatch];
  /** An early end was asked for. */
  batchCanceled: [
    batch: KnownBatch & { readonly reason: "deadline" | "duplicate" | "taken_over" | "stopped" },
  ];
  batchCollected: [batch: CollectedBatch];
  batchClosed: [batch: BatchName & { readonly reason: ClosingReason }];
  resultAnomaly: [batch: KnownBatch & { readonly anomaly: ResultAnomaly; readonly count: number }];
  /** An answer was paid for that cannot be used: no summary will hold it. */
  answerRejected: [
    answer: {
      readonly provider: string;
      readonly modelId: string;
      /** The first page that it was found at. */
      readonly pageId: string;
      /** The code of the dead letter that it leads to, for example `completion_refused`. */
      readonly code: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
    },
  ];
  /** An item has ended, and its page has a summary of what it says. */
  itemSummarized: [
    item: {
      readonly itemId: string;
      readonly pageId: string;
      /** `BatchProvider.id` of who was asked last. */
      readonly provider: string;
      readonly modelId: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly fit: Fit;
      /** The answers that the summary is made of, whoever paid for them. */
      readonly usage: SummaryUsage;
      /**
       * `false` where the page had this summary already when the item ended, by another item of the page, or by an earlier claim of this one.
       * Two workers that end two items of one page at the same moment may both tell `true`.
       */
      readonly isNew: boolean;
      /** Those among them that this worker has collected and that none of its summaries held before. */
      readonly firstUse: AnswerTokens;
      /** Milliseconds since the item was queued. */
      readonly waitedMs: number;
    },
  ];
  itemDeadLettered: [
    item: {
      readonly itemId: string;
      readonly pageId: string;
      readonly code: string;
      readonly message: string;
      /** Milliseconds since the item was queued. */
      readonly waitedMs: number;
    },
  ];
  /** Nothing is submitted until somebody mends what the message says; it is tried again at `until`. */
  paused: [
    pause: {
      readonly provider: string;
      readonly kind: ModelErrorKind;
      readonly message: string;
      /** Milliseconds since the epoch. */
      readonly until: number;
    },
  ];
  resumed: [provider: { readonly provider: string }];
  error: [error: WorkerError];
}
