import type { ClaimOutcome } from "./queue-store.js";

/**
 * How far a batch has come on its way to the provider.
 *
 *   intended ──submit answered───────────────────────────▶ submitted
 *      └─no answer: looked up─▶ candidate ──its results are ours──▶ (collected, closed)
 *                                   └─its results are another's──▶ intended, the candidate ruled out
 *
 * All times are by the ledger's clock, which workers know from their claims: see `BatchClaim`.
 * `since`: when a worker learned it, in milliseconds since the epoch. An intent has none until it is known that no answer came.
 * `wantingSince`: when a worker first found that the batch has ended and its results cannot be read in full, in milliseconds since the
 * epoch; it is read again, and the time that this may take counts from here. `isReopened`: it was given up as unreadable before, and
 * holds only those of its requests that are wanted again. `missingSince`: when the provider first answered that it does not know the
 * batch, in milliseconds since the epoch, and `missingLooks`: how often it has said so since without knowing it in between. A ledger keeps these fields as they are, and takes nothing from them.
 */
export type Submission =
  /** It may exist or not: only a look-up tells. */
  | { readonly kind: "intended"; readonly since?: number | undefined }
  /** A batch of the provider that may be this one. */
  | {
      readonly kind: "candidate";
      readonly batchId: string;
      readonly since?: number | undefined;
      readonly wantingSince?: number | undefined;
      readonly missingSince?: number | undefined;
      readonly missingLooks?: number | undefined;
    }
  /** The provider's own id, known for sure. */
  | {
      readonly kind: "submitted";
      readonly batchId: string;
      readonly since?: number | undefined;
      readonly wantingSince?: number | undefined;
      readonly missingSince?: number | undefined;
      readonly missingLooks?: number | undefined;
      readonly isReopened?: boolean | undefined;
    };

/** An unfinished batch. Plain data. */
export interface BatchRecord {
  /** Our own name for it, unique for ever. */
  readonly ref: string;
  /** Whose batch it is: `BatchProvider.id`. */
  readonly provider: string;
  readonly modelId: string;
  /** The step keys that it holds, in the order in which they are sent. */
  readonly keys: readonly string[];
  /** When the keys were reserved, in milliseconds since the epoch. */
  readonly reservedAt: number;
  /** When what is left of it is to be run otherwise, in milliseconds since the epoch; `null` for never. */
  readonly deadlineAt: number | null;
  readonly submission: Submission;
  /** Provider's ids that turned out to be other batches. */
  readonly ruledOut: readonly string[];
}

/** What is wanted to be sent. */
export interface BatchIntent {
  readonly ref: string;
  readonly provider: string;
  readonly modelId: string;
  readonly keys: readonly string[];
  readonly deadlineAt?: number | null | undefined;
}

export interface BatchToken {
  readonly ref: string;
  readonly token: string;
}

/** A batch in one worker's hands until the lease ends. The lease covers a look at the batch, never its 24 hours. */
export interface BatchClaim extends BatchToken {
  readonly batch: BatchRecord;
  /**
   * From this moment on the batch is due again, in milliseconds since the epoch: `leaseMs` after the claim, by the clock of
   * `reservedAt` and `failedAt`. Workers, whose own clocks may be wrong, learn the ledger's time from it.
   */
  readonly leaseEndsAt: number;
}

export interface Reservation {
  /** Holds the granted keys, in their order; `null` when none was granted. */
  readonly claim: BatchClaim | null;
  /** Keys that were not granted, with the ref of the unfinished batch that holds them. */
  readonly held: ReadonlyMap<string, string>;
}

/** A provider's batch whose results were not read in full, although they are paid for. */
export interface UnreadBatch {
  /** `BatchRecord.provider`. */
  readonly provider: string;
  readonly batchId: string;
  /** When it ended, in milliseconds since the epoch: providers keep results for some weeks from then. */
  readonly endedAt: number;
}

/** Why a key has no completion. */
export interface KeyFailure {
  readonly key: string;
  /** Stable: the kind of a `ModelError`, or for example `expired`, `canceled`, `no_result`. */
  readonly kind: string;
  /** For people. Never content, never a key of access. */
  readonly message: string;
  /** Where the key's answer may lie: it is read again before the key is asked again. @default nowhere */
  readonly unread?: UnreadBatch | undefined;
}

/**
 * What is known of a key's failures. Only `forgive` forgets them: a batch that ends without a failure of the key does not, as it may
 * never have reached the provider.
 */
export interface KeyHistory {
  /** The latest. */
  readonly failure: KeyFailure;
  /** Milliseconds since the epoch. */
  readonly failedAt: number;
  /** Failures by kind since the key was last forgiven. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface BatchChange {
  readonly submission?: Submission | undefined;
  /** Added to `ruledOut`, once. */
  readonly ruledOut?: string | undefined;
}

export interface ClaimBatchesRequest {
  readonly provider: string;
  readonly limit: number;
  readonly leaseMs: number;
}

/**
 * Knows which step keys are out with a provider, so that none is asked twice. A promise that resolves means that the change
 * survives any crash. Unfinished batches are claimed like items of a queue: exclusively, for the time of a lease.
 */
export interface BatchLedger {
  /**
   * Reserves the keys that no unfinished batch holds, all at once against other reservations, and claims the new batch for `leaseMs`.
   * A key that is listed twice is granted once. Where no key is granted there is no batch.
   * Must be durable before anything is sent.
   */
  reserve(intent: BatchIntent, leaseMs: number): Promise<Reservation>;
  /**
   * Claims unfinished batches of a provider that are due and in nobody's hands, the longest due first. A batch is due when the delay
   * of its release is over, or its lease has ended.
   */
  claim(request: ClaimBatchesRequest): Promise<readonly BatchClaim[]>;
  /** Prolongs the lease to `leaseMs` from now. */
  extend(claim: BatchToken, leaseMs: number): Promise<ClaimOutcome>;
  /** Notes what was learned of a batch. */
  record(claim: BatchToken, change: BatchChange): Promise<ClaimOutcome>;
  /** Gives the batch back; it is due again after `delayMs`: a whole number from 0. */
  release(claim: BatchToken, delayMs: number): Promise<ClaimOutcome>;
  /** Ends the batch, frees its keys and notes the failures. What it brought must be in the memo before. */
  close(claim: BatchToken, failures: readonly KeyFailure[]): Promise<ClaimOutcome>;
  /** The batches that hold these keys: key → ref. Free keys are not in the map. */
  holders(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The failures of these keys, as `close` and `note` told them. Keys without any are not in the map. */
  failuresOf(keys: readonly string[]): Promise<ReadonlyMap<string, KeyHistory>>;
  /** Notes failures found out after the batch, such as an answer that cannot be used. */
  note(failures: readonly KeyFailure[]): Promise<void>;
  /** Forgets the failures of keys, for example when somebody wants them asked again. */
  forgive(keys: readonly string[]): Promise<void>;
  /** Unfinished batches, the oldest first. */
  openBatches(): Promise<readonly BatchRecord[]>;
}
