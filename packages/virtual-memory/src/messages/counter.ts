import type { Tokenizer } from "@gro/summarizer";
import type { ChatMessage } from "./chat-message.js";

/** What a message takes beside its texts: its role and the marks around it. */
export const MESSAGE_TOKENS = 4;
/** What a tool call takes beside its texts. */
const CALL_TOKENS = 8;
/** So many short texts are remembered: names of roles and separators come again and again, ids of calls do not. */
const MOST_SHORT = 256;

/** What a message takes, and its long texts by themselves. */
export interface MessageTokens {
  readonly whole: number;
  readonly content: number;
  /** The arguments of its calls, in their order. */
  readonly calls: readonly number[];
}

/** Counts messages, each of them once: messages are never changed, only replaced. */
export class Counter {
  readonly #tokenizer: Tokenizer;
  readonly #known = new WeakMap<ChatMessage, MessageTokens>();
  readonly #short = new Map<string, number>();

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  get tokenizer(): Tokenizer {
    return this.#tokenizer;
  }

  text(text: string): number {
    return this.#tokenizer.count(text);
  }

  /** The same for a text that is likely to come again. */
  short(text: string): number {
    const known = this.#short.get(text);
    if (known !== undefined) return known;
    if (this.#short.size >= MOST_SHORT) this.#short.clear();
    const tokens = this.text(text);
    this.#short.set(text, tokens);
    return tokens;
  }

  message(message: ChatMessage): number {
    return this.partsOf(message).whole;
  }

  partsOf(message: ChatMessage): MessageTokens {
    const known = this.#known.get(message);
    if (known !== undefined) return known;
    const tokens = this.#count(message);
    this.#known.set(message, tokens);
    return tokens;
  }

  #count(message: ChatMessage): MessageTokens {
    const content = this.text(message.content);
    let whole = MESSAGE_TOKENS + content;
    if (message.name !== undefined) whole += this.text(message.name);
    if (message.role === "tool") whole += this.text(message.toolCallId);
    if (message.role !== "assistant") return { whole, content, calls: [] };
    const calls = (message.toolCalls ?? []).map((call) => this.text(call.arguments));
    for (const [index, { id, name }] of (message.toolCalls ?? []).entries()) {
      whole += CALL_TOKENS + this.text(id) + this.short(name) + (calls[index] ?? 0);
    }
    return { whole, content, calls };
  }
}
