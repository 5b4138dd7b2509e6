import { importantLinesOf, withoutTagged } from "@gro/queue";
import type { ChatMessage } from "../messages/chat-message.js";
import type { Counter } from "../messages/counter.js";
import { cutText, type Cut } from "./cut-text.js";
import { withPart, type MessagePart } from "./message-parts.js";

/** Shortened arguments stay what every provider asks of arguments: a JSON object. */
function cutArguments(text: string, { tokens, limit, pageId }: Cut, counter: Counter): string {
  const plain = withoutTagged(text);
  for (const share of [0.8, 0.6, 0.4, 0.2]) {
    const cut = cutText(plain, { tokens, limit: Math.floor(limit * share), pageId }, counter);
    const json = JSON.stringify({ cut });
    if (counter.text(json) <= limit) return json;
  }
  return JSON.stringify({ cut: pageId ?? "" });
}

/**
 * The message with this part of it shortened. Important lines of arguments go to the content: as part of JSON they would be lines
 * no longer.
 */
export function cutPart(
  message: ChatMessage,
  part: MessagePart,
  to: Omit<Cut, "tokens">,
  counter: Counter,
): ChatMessage {
  const { call, text, tokens } = part;
  const cut = { ...to, tokens };
  if (call === null) return withPart(message, null, cutText(text, cut, counter));
  const important = importantLinesOf(text);
  const shortened = withPart(message, call, cutArguments(text, cut, counter));
  if (important.length === 0) return shortened;
  const content = [shortened.content, ...important].filter((line) => line !== "").join("\n");
  const added = counter.text(content) - counter.text(shortened.content);
  return added <= cut.limit / 2 ? withPart(shortened, null, content) : shortened;
}
