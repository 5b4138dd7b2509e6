/** Something that the caller should know about a result that stands nevertheless. */
export interface Warning {
  readonly code:
    | "prior_summary_trimmed"
    | "prior_summary_unused"
    | "summaries_trimmed"
    | "steps_split"
    | "tokenizer_fallback"
    | "memo_write_failed"
    | "event_listener_failed";
  readonly message: string;
}
