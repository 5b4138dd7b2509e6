import type { ChatMessage, Lane } from "../messages/chat-message.js";

/** A message in working memory. Replaced as a whole when it is shown shortened. */
export interface HeldMessage {
  /** Counts up with every message that the memory takes. */
  readonly order: number;
  message: ChatMessage;
}

/**
 * What is kept or paged together: one message, or an assistant's message with tool calls and the results that answer it. A result
 * whose call is not in working memory is a unit of its own.
 */
export interface Unit {
  readonly lane: Lane;
  /** The assistant's message comes first. */
  readonly messages: [HeldMessage, ...HeldMessage[]];
  /** Ids of calls that have no result yet. */
  readonly openCalls: Set<string>;
}

/** From this importance on, a message is paged after all others. */
const LATE_FROM = 0.7;

export function orderOf(unit: Unit): number {
  return unit.messages[0].order;
}

export function isPagedLate(unit: Unit): boolean {
  return unit.messages.some(({ message }) => (message.importance ?? 0) >= LATE_FROM);
}

/** Calls and their results are in the lane of tools, together. */
export function laneOf(message: ChatMessage): Lane {
  return message.role === "assistant" && message.toolCalls !== undefined ? "tool" : message.role;
}
