import type { Workshop } from "../compaction/workshop.js";
import { cutPart } from "../working/cut-part.js";
import { partsOf, partsToCut } from "../working/message-parts.js";
import type { Unit } from "../working/unit.js";
import { unitOf } from "../working/unit-of.js";
import { plainName } from "../pages/render-messages.js";
import type { ChatMessage } from "../messages/chat-message.js";
import { MESSAGE_TOKENS } from "../messages/counter.js";
import type { ContextPart, ContextPartKind } from "./context.js";

/** A text of ours as a message. Its role is `user`: what pages say came from users and tools, and must not gain authority on the way. */
export function textPart(
  kind: ContextPartKind,
  text: string,
  tokens: number,
  pageId: string | null,
): ContextPart {
  return { kind, message: { role: "user", content: text }, tokens, pageId };
}

/** A result whose call is in a page by now: sent as a tool's message, every provider would refuse it. */
function withoutCall(message: ChatMessage & { readonly role: "tool" }): ChatMessage {
  return {
    role: "user",
    content: `[result of ${plainName(message.toolCallId)}, whose call is not shown]\n${message.content}`,
  };
}

function partsOfUnit(unit: Unit, { counter }: Workshop): ContextPart[] {
  const [first] = unit.messages;
  return unit.messages.map(({ message }) => {
    const isAlone = message.role === "tool" && first.message.role === "tool";
    const shown = isAlone ? withoutCall(message) : message;
    return { kind: "message", message: shown, tokens: counter().message(shown), pageId: null };
  });
}

function sum(parts: readonly ContextPart[]): number {
  return parts.reduce((tokens, part) => tokens + part.tokens, 0);
}

/** The newest unit, shortened to what there is room for. Nothing is put into pages: it is for the time when none can be written. */
function cutUnit(unit: Unit, room: number, workshop: Workshop): Unit {
  const counter = workshop.counter();
  const copy = unitOf(unit.messages);
  const parts = partsOf([copy], counter);
  const excess = workshop.units.tokensOf(unit) - room;
  const { parts: long, limit } = partsToCut(parts, excess, workshop.limits.leastPart);
  for (const part of long) {
    part.held.message = cutPart(part.held.message, part, { limit, pageId: null }, counter);
  }
  return copy;
}

/** Parts of working memory, within its budget whatever happens. */
export function workingParts(workshop: Workshop): readonly ContextPart[] {
  const { limits, units, shelf, teller } = workshop;
  const counter = workshop.counter();
  const entries = shelf.parts().map(({ kind, text, tokens, pageId }) => textPart(kind, text, tokens, pageId));
  const perUnit = units.all.map((unit) => ({ unit, parts: partsOfUnit(unit, workshop) }));
  const all = [...entries, ...perUnit.flatMap(({ parts }) => parts)];
  if (sum(all) <= limits.working) return all;

  // No page could be written: what is newest is shown, and nothing is given up.
  const notice = "[Older messages are not shown: they could not be put into pages.]";
  const noticePart = textPart("notice", notice, MESSAGE_TOKENS + counter.text(notice), null);
  let room = limits.working - noticePart.tokens;
  const shown: ContextPart[][] = [];
  for (const { unit, parts } of perUnit.toReversed()) {
    const fits = sum(parts) <= room;
    const candidate = fits || shown.length > 0 ? parts : partsOfUnit(cutUnit(unit, room, workshop), workshop);
    if (sum(candidate) > room) break;
    room -= sum(candidate);
    shown.unshift(candidate);
  }
  const kept: ContextPart[] = [];
  for (const entry of entries.toReversed()) {
    if (entry.tokens > room) break;
    room -= entry.tokens;
    kept.unshift(entry);
  }
  const hidden = perUnit.length - shown.length;
  teller.warn("messages_not_shown", `Messages are not shown, as no page can be written (${hidden} groups).`);
  return [...kept, noticePart, ...shown.flat()];
}
