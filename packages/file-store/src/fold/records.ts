import type { KeyFailure, Submission, SummaryRequest } from "@gro/queue";
import type { Completion } from "@gro/summarizer";

/** The version of the format. It goes up when an older program would read a file wrongly. */
export const FORMAT_VERSION = 1;

/** When a record was made, by its writer's clock, in milliseconds since the epoch. */
interface Dated {
  readonly at: number;
}

/** The first record of a segment. */
export interface SegmentRecord {
  readonly do: "segment";
  readonly version: number;
  readonly number: number;
  /** Where what counts in the segment before this one ends, in bytes. */
  readonly previousEnd: number;
  /** The sum of its lines up to there (see `line-chain.ts`). Earlier programs did not write it. */
  readonly previousChain?: string;
}

/** The last record of a segment: what stands behind it does not count. */
export interface SealRecord extends Dated {
  readonly do: "seal";
  /** Memo entries and failures from before this time are forgotten. */
  readonly forgetBefore: number;
}

/** Changes nothing; carries `synced` and `read` (see `read-record.ts`). */
export interface MarkRecord {
  readonly do: "mark";
}

export interface ItemFields {
  readonly pageId: string;
  readonly contentHash: string;
  readonly label?: string;
  readonly lane?: string;
  readonly request?: SummaryRequest;
}

export interface EnqueueRecord extends Dated {
  readonly do: "enqueue";
  /** What is claimed counts as queued again when its claim ends. Earlier programs did not write it, and knew no such thing. */
  readonly marks?: boolean;
  readonly items: readonly ItemFields[];
}

export interface ClaimRecord extends Dated {
  readonly do: "claim";
  /** The clock was set back: what was claimed or put off by one that was ahead is claimable. Only written where there is such a thing. */
  readonly recalls?: boolean;
  /** The token of each claimed item is this one, a dot and the item's number. */
  readonly token: string;
  readonly limit: number;
  readonly leaseMs: number;
}

/** Items by their numbers, with the token of the record that claimed them. */
export type HeldItems = readonly [token: string, numbers: readonly number[]];

export interface ExtendRecord extends Dated {
  readonly do: "extend";
  readonly held: readonly HeldItems[];
  readonly leaseMs: number;
}

export interface CompleteRecord extends Dated {
  readonly do: "complete";
  readonly held: readonly HeldItems[];
}

export interface ReleaseRecord extends Dated {
  readonly do: "release";
  readonly held: readonly HeldItems[];
  readonly delayMs: number;
  readonly wakeOn?: string;
}

export interface WakeRecord extends Dated {
  readonly do: "wake";
  readonly name: string;
}

export interface DeadLetterRecord extends Dated {
  readonly do: "deadLetter";
  readonly held: readonly HeldItems[];
  readonly code: string;
  readonly message: string;
}

export interface RetryRecord extends Dated {
  readonly do: "retry";
  /** Dead letters by their numbers; `null` for all. */
  readonly numbers: readonly number[] | null;
}

export interface MemoRecord extends Dated {
  readonly do: "memo";
  readonly key: string;
  readonly completion: Completion;
}

export interface ReserveRecord extends Dated {
  readonly do: "reserve";
  readonly token: string;
  readonly leaseMs: number;
  readonly ref: string;
  readonly provider: string;
  readonly modelId: string;
  readonly deadlineAt: number | null;
  readonly keys: readonly string[];
}

export interface ClaimBatchesRecord extends Dated {
  readonly do: "claimBatches";
  /** As in `ClaimRecord`. */
  readonly recalls?: boolean;
  /** The token of each claimed batch is this one, a dot and its place among them. */
  readonly token: string;
  readonly provider: string;
  readonly limit: number;
  readonly leaseMs: number;
}

interface OfBatch extends Dated {
  readonly ref: string;
  readonly token: string;
}

export interface ExtendBatchRecord extends OfBatch {
  readonly do: "extendBatch";
  readonly leaseMs: number;
}

export interface RecordBatchRecord extends OfBatch {
  readonly do: "recordBatch";
  readonly submission?: Submission;
  readonly ruledOut?: string;
}

export interface ReleaseBatchRecord extends OfBatch {
  readonly do: "releaseBatch";
  readonly delayMs: number;
}

export interface CloseBatchRecord extends OfBatch {
  readonly do: "closeBatch";
  readonly failures: readonly KeyFailure[];
}

export interface NoteRecord extends Dated {
  readonly do: "note";
  readonly failures: readonly KeyFailure[];
}

export interface ForgiveRecord extends Dated {
  readonly do: "forgive";
  readonly keys: readonly string[];
}

/** What changes the state of the store. */
export type ChangeRecord =
  | EnqueueRecord
  | ClaimRecord
  | ExtendRecord
  | CompleteRecord
  | ReleaseRecord
  | WakeRecord
  | DeadLetterRecord
  | RetryRecord
  | MemoRecord
  | ReserveRecord
  | ClaimBatchesRecord
  | ExtendBatchRecord
  | RecordBatchRecord
  | ReleaseBatchRecord
  | CloseBatchRecord
  | NoteRecord
  | ForgiveRecord;

/** A line of a segment. */
export type JournalRecord = SegmentRecord | SealRecord | MarkRecord | ChangeRecord;
