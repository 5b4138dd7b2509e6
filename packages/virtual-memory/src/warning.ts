export type MemoryWarningCode =
  /** A page could not be written: its messages stay where they are. */
  | "page_save_failed"
  /** Pages could not be put into the queue: it is tried again. */
  | "page_queue_failed"
  /** The worker could not be started, or stopped, or has ended by itself: pages wait in the queue, and it is tried again. */
  | "worker_failed"
  /** A page could not be read. */
  | "page_read_failed"
  /** A page that there was is gone. */
  | "page_missing"
  /** A loaded page says something else than when it was written. */
  | "page_edited"
  /** A page was asked for that there is not. */
  | "page_unknown"
  /** A marker could not be read. */
  | "marker_malformed"
  /** A pinned page was to be closed. */
  | "page_pinned"
  /** There is no room for another pinned page. */
  | "pin_refused"
  /** A loaded page was closed to make room for another. */
  | "page_evicted"
  /** A loaded page is larger than the page slot: a part of it is shown. */
  | "page_cut"
  /** A message takes too much: a part of it is shown, all of it is in a page. */
  | "message_cut"
  /** Recent messages had to be paged, as nothing else was left. */
  | "recent_paged"
  /** Important lines had no room in a summary. */
  | "important_left_out"
  /** A summary was longer than it may be: its beginning is shown. */
  | "summary_trimmed"
  /** A summary could not be made: it is tried again. */
  | "summary_failed"
  /** The worker has given up a page: it keeps its placeholder until it is queued again. */
  | "summary_given_up"
  /** No model would summarize a page: first and last lines stand for it. */
  | "summary_by_code"
  /** Messages are not shown this time, as no page could be written. */
  | "messages_not_shown"
  | "tokenizer_fallback"
  | "event_listener_failed";

/** Something that a host should know although the memory goes on. Never content. */
export interface MemoryWarning {
  /** Stable, for programs. */
  readonly code: MemoryWarningCode;
  /** For people. */
  readonly message: string;
  readonly pageId?: string;
}
