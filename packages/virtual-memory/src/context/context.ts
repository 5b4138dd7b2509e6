import type { ChatMessage } from "../messages/chat-message.js";
import type { MemoryWarning } from "../warning.js";

/** What a part of the context is. */
export type ContextPartKind =
  | "system-prompt"
  /** A page in the page slot. */
  | "page"
  /** What became of requests for pages that could not be fulfilled. */
  | "notice"
  /** Stands for a page whose summary is to come. */
  | "placeholder"
  | "summary"
  | "message";

export interface ContextPart {
  readonly kind: ContextPartKind;
  /** What to send. Pages, notices, placeholders and summaries have the role `user`. */
  readonly message: ChatMessage;
  readonly tokens: number;
  /** The page that it shows or stands for; `null` for all else, and for a placeholder of many pages. */
  readonly pageId: string | null;
}

/** What to send to the model that chats, and what is in it. Plain data. */
export interface Context {
  /**
   * In this order: the system prompt, loaded pages, summaries and placeholders, messages. Results of tools stand right behind the
   * message that called them.
   */
  readonly messages: readonly ChatMessage[];
  /** The same in the same order, with what each is. */
  readonly parts: readonly ContextPart[];
  /** Tokens by budget; `pageSlot` and `workingMemory` never exceed theirs. */
  readonly usage: {
    readonly systemPrompt: number;
    readonly pageSlot: number;
    readonly workingMemory: number;
  };
  /** Pages that wait for their summaries, those of shortened messages among them. */
  readonly pendingSummaries: number;
  /** What has happened since the last context; usually empty. */
  readonly warnings: readonly MemoryWarning[];
}
