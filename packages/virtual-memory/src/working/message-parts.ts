import type { ChatMessage } from "../messages/chat-message.js";
import type { Counter } from "../messages/counter.js";
import type { HeldMessage, Unit } from "./unit.js";

/** A text of a message that can be shortened: its content, or the arguments of one of its calls. */
export interface MessagePart {
  readonly held: HeldMessage;
  /** The message as it was when the part was looked at. */
  readonly message: ChatMessage;
  /** The index of the call; `null` for the content. */
  readonly call: number | null;
  readonly text: string;
  readonly tokens: number;
}

export function partsOf(units: Iterable<Unit>, counter: Counter): readonly MessagePart[] {
  const parts: MessagePart[] = [];
  for (const { messages } of units) {
    for (const held of messages) {
      const { message } = held;
      const calls = (message.role === "assistant" ? message.toolCalls : undefined) ?? [];
      const texts = [message.content, ...calls.map((call) => call.arguments)];
      const known = counter.partsOf(message);
      texts.forEach((text, index) => {
        const tokens = (index === 0 ? known.content : known.calls[index - 1]) ?? 0;
        parts.push({ held, message, call: index === 0 ? null : index - 1, text, tokens });
      });
    }
  }
  return parts;
}

/**
 * The parts to shorten, and to what, so that `excess` tokens become free: the longest are cut down to one common length, but never
 * below `leastPart`.
 */
export function partsToCut(
  parts: readonly MessagePart[],
  excess: number,
  leastPart: number,
): { readonly parts: readonly MessagePart[]; readonly limit: number } {
  const freedBy = (cap: number) => parts.reduce((sum, { tokens }) => sum + Math.max(0, tokens - cap), 0);
  let low = leastPart;
  let high = Math.max(
    leastPart,
    parts.reduce((most, { tokens }) => Math.max(most, tokens), 0),
  );
  // The largest cap that frees enough; the least one when none does.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (freedBy(middle) >= excess) low = middle;
    else high = middle - 1;
  }
  return { parts: parts.filter(({ tokens }) => tokens > low), limit: low };
}

/** The message with another text in place of the part. */
export function withPart(message: ChatMessage, call: number | null, text: string): ChatMessage {
  if (call === null) return { ...message, content: text };
  if (message.role !== "assistant" || message.toolCalls === undefined) return message;
  const toolCalls = message.toolCalls.map((given, index) =>
    index === call ? { ...given, arguments: text } : given,
  );
  return { ...message, toolCalls };
}
