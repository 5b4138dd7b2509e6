import type { ChatMessage } from "@gro/virtual-memory";
import { seededRandom } from "../../support/prose.js";

const WORDS =
  "harbour ledger lamp weir goose council letter crown ferry map rain tide clerk signal budget plan".split(
    " ",
  );

/** Some words, the same for the same random numbers. */
export function sentence(random: () => number, words: number): string {
  const taken = Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)] ?? "");
  return `${taken.join(" ")} ${Math.floor(random() * 100_000)}.`;
}

export interface ChatSettings {
  readonly seed: number;
  readonly messages: number;
  /** The most words of a message. @default 60 */
  readonly words?: number;
  /** How often a line is tagged important. @default 0.03 */
  readonly important?: number;
  /** How often a line is tagged ephemeral. @default 0.05 */
  readonly ephemeral?: number;
}

/** A chat with tools, in which every line can be told from every other. */
export function chat({
  seed,
  messages: count,
  words = 60,
  important = 0.03,
  ephemeral = 0.05,
}: ChatSettings): ChatMessage[] {
  const random = seededRandom(seed);
  const messages: ChatMessage[] = [];
  let lineNumber = 0;
  const line = () => {
    const text = `L${++lineNumber} ${sentence(random, 1 + Math.floor(random() * words))}`;
    const luck = random();
    if (luck < important) return `${text} @@important@@`;
    return luck < important + ephemeral ? `${text} @@ephemeral@@` : text;
  };
  const content = () => Array.from({ length: 1 + Math.floor(random() * 3) }, line).join("\n");
  while (messages.length < count) {
    const luck = random();
    if (luck < 0.25) {
      const ids = Array.from(
        { length: 1 + Math.floor(random() * 3) },
        (_, index) => `call_${messages.length}_${index}`,
      );
      messages.push({
        role: "assistant",
        content: random() < 0.5 ? "" : content(),
        toolCalls: ids.map((id) => ({ id, name: "look_up", arguments: JSON.stringify({ query: line() }) })),
      });
      for (const toolCallId of ids) messages.push({ role: "tool", toolCallId, content: content() });
    } else {
      const role = luck < 0.6 ? "user" : luck < 0.95 ? "assistant" : "system";
      messages.push({ role, content: content() });
    }
  }
  return messages;
}

/** Every line that a chat has said, with where it came from. */
export function linesOfChat(messages: readonly ChatMessage[]): string[] {
  return messages
    .flatMap((message) => [
      ...message.content.split("\n"),
      ...(message.role === "assistant" ? (message.toolCalls ?? []).map((call) => call.arguments) : []),
    ])
    .filter((line) => line !== "");
}
