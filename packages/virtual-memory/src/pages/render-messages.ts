import { withoutEphemeral } from "@gro/queue";
import type { ChatMessage } from "../messages/chat-message.js";
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
  readonly ephemeral: readonly EphemeralLine[];
}

function renderMessage(message: ChatMessage, number: number): RenderedMessages {
  const ephemeral: EphemeralLine[] = [];
  const lines = [headerOf(message)];
  const add = (text: string, call?: string) => {
    const kept = withoutEphemeral(text);
    const place = { message: number, ...(call === undefined ? {} : { call }) };
    for (const left of kept.ephemeral) ephemeral.push({ ...place, ...left });
    if (kept.text !== "") lines.push(kept.text);
  };
  add(message.content);
  for (const call of (message.role === "assistant" ? message.toolCalls : undefined) ?? []) {
    lines.push(`[call ${plainName(call.id)} of ${plainName(call.name)}]`);
    add(call.arguments, call.id);
  }
  return { text: lines.join("\n"), ephemeral };
}

/** Messages one below the other, every line as it was but for the ephemeral ones. */
export function renderMessages(messages: readonly ChatMessage[]): RenderedMessages {
  const rendered = messages.map(renderMessage);
  return {
    text: rendered.map(({ text }) => text).join(SEPARATOR),
    ephemeral: rendered.flatMap(({ ephemeral }) => ephemeral),
  };
}
