/** A page that stands in the context in place of what was paged. */
export interface PageEntry {
  readonly pageId: string;
  /** Of the content that the summary is of; another one when the page has been edited by hand. */
  contentHash: string;
  /** The order of the first message that it stands for. */
  readonly order: number;
  readonly label: string;
  /** A lane, or `mixed`. */
  readonly lane: string;
  readonly messageCount: number;
  /** Pages whose summaries it stands for; 0 for a page of messages. */
  readonly pageCount: number;
  /**
   * `pending`: the summary is to come, and `text` is a placeholder. `ready`: `text` is the summary. `text` begins with the line that
   * names the page.
   */
  state: "pending" | "ready";
  text: string;
  /** Whether the queue has it, as far as this memory knows. Always false where summaries are made inline. */
  isQueued: boolean;
  /** How often the model has answered with nothing that could be used. */
  rejections: number;
}

/** What is said of an entry in the line above its text. */
export type EntryName = Pick<PageEntry, "pageId" | "label" | "messageCount" | "pageCount">;
