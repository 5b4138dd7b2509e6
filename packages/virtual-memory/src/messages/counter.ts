import type { Tokenizer } from "@gro/summarizer";
import type { ChatMessage } from "./chat-message.js";

/** What a message takes beside its texts: its role and the marks around it. */
export const MESSAGE_TOKENS = 4;
/** What a tool call takes beside its texts. */
const CALL_TOKENS = 8;

/** Counts messages, each of them once: messages are never changed, only replaced. */
export class Counter {
  readonly #tokenizer: Tokenizer;
  readonly #known = new WeakMap<ChatMessage, number>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  get tokenizer(): Tokenizer {
    return this.#tokenizer;
  }

  text(text: string): number {
    return this.#tokenizer.count(text);
  }

  message(message: ChatMessage): number {
    const known = this.#known.get(message);
    if (known !== undefined) return known;
    const tokens = this.#count(message);
    this.#known.set(message, tokens);
    return tokens;
  }

  #count(message: ChatMessage): number {
    let tokens = MESSAGE_TOKENS + this.text(message.content);
    if (message.name !== undefined) tokens += this.text(message.name);
    if (message.role === "tool") tokens += this.text(message.toolCallId);
    if (message.role !== "assistant") return tokens;
    for (const { id, name, arguments: given } of message.toolCalls ?? []) {
      tokens += CALL_TOKENS + this.text(id) + this.text(name) + this.text(given);
    }
    return tokens;
  }
}
