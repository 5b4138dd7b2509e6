import { InvalidOptionError } from "../errors/invalid-option-error.js";
import type { SummaryRecordStore } from "../ports/summary-record-store.js";
import { conversationStore } from "./conversation-store.js";

export interface ReadConversationOptions {
  readonly conversationId: string;
  readonly store: SummaryRecordStore;
  /** What stands above the summary; the empty string for nothing. @default "Summary of the conversation so far:" */
  readonly heading?: string | undefined;
}

/**
 * The summary of a conversation as a text to put before its latest turns, or `null` where there is none.
 *
 * @throws InvalidOptionError for an id, a store or a heading that is none
 * @throws RecordStoreFailedError when the store fails
 */
export async function readConversationSummary({
  conversationId,
  store,
  heading = "Summary of the conversation so far:",
}: ReadConversationOptions): Promise<string | null> {
  // Without types `null` comes easily, and would stand above the summary.
  if (typeof heading !== "string") throw new InvalidOptionError("heading", heading, "a string");
  const record = await conversationStore(conversationId, store).read();
  const summary = record?.content.trim() ?? "";
  if (summary === "") return null;
  return heading === "" ? summary : `${heading}\n\n${summary}`;
}
