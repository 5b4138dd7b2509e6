import type { Fault } from "../faults.js";

/** A request of a batch as it arrived. */
export interface BatchedRequest {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Its place in the batch, from 0. */
  readonly index: number;
  readonly batchId: string;
  /** Counts batches from 1 in the order of their creation. */
  readonly batchNumber: number;
}

/** What is to become of a request. */
export type PlannedOutcome =
  /** A fault that lies in the answer itself, such as a refusal; a stop reason of its own where it is given. */
  | { readonly kind: "answered"; readonly fault?: Fault; readonly stopReason?: string }
  | {
      readonly kind: "errored";
      readonly type: string;
      readonly words: string;
      readonly code?: string;
      readonly status?: number;
    }
  | { readonly kind: "canceled" }
  | { readonly kind: "expired" };

export interface BatchSettings {
  /** Milliseconds since the epoch. @default Date.now */
  readonly now: () => number;
  /** What becomes of which request. @default all are answered */
  readonly outcome: (request: BatchedRequest) => PlannedOutcome | undefined;
  /** A batch ends by itself when it has been asked about so often; `null` for never: then the test ends it. @default null */
  readonly endsAfterLooks: number | null;
  /** So many requests are done at each look before the end; the rest when it ends. @default 0 */
  readonly doneAtLook: number;
  /** The first looks at a new batch that find nothing. @default 0 */
  readonly lateLooks: number;
  /** @default 24 hours */
  readonly expiresAfterMs: number;
  /** @default 29 days */
  readonly keepsResultsMs: number;
  readonly maxRequests: number;
  readonly maxBytes: number;
  /** What may wait in all batches together: requests at Anthropic, prompt tokens at OpenAI. @default no limit */
  readonly queueLimit: number;
  /** @default no limit at Anthropic, 2000 at OpenAI */
  readonly createsPerHour: number;
  /** Where Anthropic says that results are. @default the emulator itself */
  readonly resultsOrigin: string | (() => string | undefined) | undefined;
  /** How OpenAI and its likes say that there is no file. @default null */
  readonly noFile: null | "" | undefined;
}

const HOUR = 3_600_000;

export const USUAL_SETTINGS: BatchSettings = {
  now: Date.now,
  outcome: () => undefined,
  endsAfterLooks: null,
  doneAtLook: 0,
  lateLooks: 0,
  expiresAfterMs: 24 * HOUR,
  keepsResultsMs: 29 * 24 * HOUR,
  maxRequests: 100_000,
  maxBytes: 256 * 1024 * 1024,
  queueLimit: Infinity,
  createsPerHour: Infinity,
  resultsOrigin: undefined,
  noFile: null,
};
