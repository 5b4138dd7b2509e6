/** A summary as conversation stores keep it, with the metadata keys that hosts already use. */
export interface SummaryStorageRecord {
  /** `"<conversationId>:summary"` */
  readonly id: string;
  readonly content: string;
  readonly metadata: {
    readonly conversation_id: string;
    readonly role: "summary";
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly compression_ratio: number;
    readonly collapse_depth: number;
    /** ISO 8601 in UTC. */
    readonly created_at: string;
    readonly is_final: boolean;
  };
}

/** What became of a record: stored, or not, as another one has come before it. */
export type PutOutcome = "stored" | "changed";

/** Where summaries of conversations are kept, one record each. A promise that resolves means that the change is durable. */
export interface SummaryRecordStore {
  /** The record with this id, or `undefined`. */
  get(id: string): Promise<SummaryStorageRecord | undefined>;
  /**
   * Stores the record under its id, if what is there now is what the caller has seen: the record whose `metadata.created_at` is
   * `replaces`, or none at all for `null`. Otherwise changes nothing and answers `changed`. Both must be one step: of two callers who
   * have seen the same, only one stores.
   */
  put(record: SummaryStorageRecord, replaces: string | null): Promise<PutOutcome>;
}
