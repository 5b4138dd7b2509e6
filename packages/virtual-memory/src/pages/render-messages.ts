import { withoutEphemeral } from "@gro/queue";
import type { ChatMessage } from "../messages/chat-message.js";
import type { Counter } from "../messages/counter.js";
import type { EphemeralLine } from "./memory-page.js";

/** Between messages of a page, and between summaries. */
export const SEPARATOR = "\n\n";

const NOT_IN_A_HEADER = /[\s@[\]]+/gu;
const LONGEST_NAME = 64;

/** A name fit for a line of ours: no line break, and nothing that could be taken for a marker or the line's end. */
export function plainName(name: string): string {
  return name.replace(NOT_IN_A_HEADER, " ").trim().slice(0, LONGEST_NAME);
}

/** The line above a message's content. It stands alone, so that the content's lines stay as they are. */
export function headerOf(message: ChatMessage): string {
  const name = message.name === undefined ? "" : ` ${plainName(message.name)}`;
  return message.role === "tool"
    ? `[result of ${plainName(message.toolCallId)}${name}]`
    : `[${message.role}${name}]`;
}

/** What of messages goes into a page. */
export interface RenderedMessages {
  readonly text: string;
  /** Of `text`, about: its parts were counted one by one, most of them when the messages were added. */
  readonly tokens: number;
  readonly ephemeral: readonly EphemeralLine[];
}

/** A line's end between two texts that are counted one by one. */
const JOIN_TOKENS = 1;

function renderMessage(message: ChatMessage, number: number, counter: Counter): RenderedMessages {
  const { content, calls } = counter.partsOf(message);
  const ephemeral: EphemeralLine[] = [];
  const lines = [headerOf(message)];
  let tokens = counter.short(headerOf(message)) + JOIN_TOKENS;
  const add = (text: string, known: number | undefined, call?: string) => {
    const kept = withoutEphemeral(text);
    const place = { message: number, ...(call === undefined ? {} : { call }) };
    for (const left of kept.ephemeral) ephemeral.push({ ...place, ...left });
    if (kept.text === "") return;
    lines.push(kept.text);
    tokens += kept.ephemeral.length === 0 && known !== undefined ? known : counter.text(kept.text);
    tokens += JOIN_TOKENS;
  };
  add(message.content, content);
  for (const [index, call] of (message.role === "assistant" ? (message.toolCalls ?? []) : []).entries()) {
    const header = `[call ${plainName(call.id)} of ${plainName(call.name)}]`;
    lines.push(header);
    tokens += counter.short(header) + JOIN_TOKENS;
    add(call.arguments, calls[index], call.id);
  }
  return { text: lines.join("\n"), tokens, ephemeral };
}

/** Messages one below the other, every line as it was but for the ephemeral ones. */
export function renderMessages(messages: readonly ChatMessage[], counter: Counter): RenderedMessages {
  const rendered = messages.map((message, number) => renderMessage(message, number, counter));
  return {
    text: rendered.map(({ text }) => text).join(SEPARATOR),
    tokens: rendered.reduce((sum, { tokens }) => sum + tokens, 0),
    ephemeral: rendered.flatMap(({ ephemeral }) => ephemeral),
  };
}
