import type { Tokenizer } from "@gro/summarizer";
import type { ChatMessage, Context, ContextPart } from "@gro/virtual-memory";
import { expect } from "vitest";

export interface Budgets {
  readonly workingMemoryTokens: number;
  readonly pageSlotTokens: number;
}

function textsOf(message: ChatMessage): string[] {
  const calls = message.role === "assistant" ? (message.toolCalls ?? []) : [];
  return [message.content, ...calls.flatMap((call) => [call.name, call.arguments])];
}

/** Texts come again with every context: each is counted once. */
const counts = new Map<string, number>();

function countOf(text: string, tokenizer: Tokenizer): number {
  const tokens = counts.get(`${tokenizer.id} ${text}`) ?? tokenizer.count(text);
  counts.set(`${tokenizer.id} ${text}`, tokens);
  return tokens;
}

/** Counts anew what a context holds, by its texts alone. */
export function tokensOf(parts: readonly ContextPart[], tokenizer: Tokenizer): number {
  return parts
    .flatMap(({ message }) => textsOf(message))
    .reduce((sum, text) => sum + countOf(text, tokenizer), 0);
}

/** What must hold of every context. */
export function checkContext(context: Context, budgets: Budgets, tokenizer: Tokenizer): void {
  const { parts, messages, usage } = context;
  const slot = parts.filter(({ kind, pageId }) => kind === "page" || (kind === "notice" && pageId === null));
  const working = parts.filter(({ kind }) => ["placeholder", "summary", "message"].includes(kind));
  expect(tokensOf(working, tokenizer)).toBeLessThanOrEqual(budgets.workingMemoryTokens);
  expect(usage.workingMemory).toBeLessThanOrEqual(budgets.workingMemoryTokens);
  expect(tokensOf(slot, tokenizer)).toBeLessThanOrEqual(budgets.pageSlotTokens);
  expect(usage.pageSlot).toBeLessThanOrEqual(budgets.pageSlotTokens);
  expect(messages.every((message, index) => message === parts[index]?.message)).toBe(true);
  checkToolPairs(messages);
}

/** As providers want it: every result right behind the message that called for it. */
export function checkToolPairs(messages: readonly ChatMessage[]): void {
  const alone: string[] = [];
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.toolCallId)) alone.push(message.toolCallId);
    } else {
      open = new Set(message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }) => id) : []);
    }
  }
  expect(alone).toEqual([]);
}
