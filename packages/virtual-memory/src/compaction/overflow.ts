import { importantLinesOf, withoutEphemeral } from "@gro/queue";
import { refTo } from "../markers/page-requests.js";
import { headerOf, plainName } from "../pages/render-messages.js";
import { splitText } from "../pages/split-text.js";
import type { PageEntry } from "../summaries/page-entry.js";
import { cutPart } from "../working/cut-part.js";
import type { MessagePart } from "../working/message-parts.js";
import type { Workshop } from "./workshop.js";
import { minuteOf, writePage } from "./write-page.js";

/** What a part's header and the ref to the next part take. */
const AROUND_TOKENS = 80;

function partHeader({ message, call }: MessagePart): string {
  const given = message.role === "assistant" && call !== null ? message.toolCalls?.[call] : undefined;
  return given === undefined
    ? headerOf(message)
    : `[call ${plainName(given.id)} of ${plainName(given.name)}]`;
}

/**
 * Writes a text that is too long for the context to pages, each small enough to be loaded, each naming the next. Answers their
 * entries, the first page first.
 */
async function writeOverflow(workshop: Workshop, part: MessagePart): Promise<readonly PageEntry[]> {
  const { limits, now } = workshop;
  const { text, ephemeral } = withoutEphemeral(part.text);
  const counter = workshop.counter();
  const room = Math.max(1, limits.page - AROUND_TOKENS);
  const isSmall = part.tokens <= room && ephemeral.length === 0;
  const texts = isSmall ? [{ text, tokens: part.tokens }] : splitText(text, room, counter);
  const count = Math.max(1, texts.length);
  const { message, call, held } = part;
  const callId = message.role === "assistant" && call !== null ? message.toolCalls?.[call]?.id : undefined;
  const place = { message: 0, ...(callId === undefined ? {} : { call: callId }) };
  const entries: PageEntry[] = [];
  // From the last to the first: each names the next one, whose id follows from what is in it.
  for (let index = count - 1; index >= 0; index -= 1) {
    const next = entries[0];
    const { text = "", tokens = 0 } = texts[index] ?? {};
    const before = [...(count === 1 ? [] : [`[part ${index + 1} of ${count}]`]), partHeader(part)].join("\n");
    const after = next === undefined ? "" : `\n[goes on in ${refTo(next.pageId)}]`;
    const content = `${before}\n${text}${after}`;
    const entry = await writePage(workshop, {
      label: `long ${message.role} message ${minuteOf(now())}${count === 1 ? "" : `, part ${index + 1} of ${count}`}`,
      ...{ lane: message.role, content, order: held.order, messageCount: 1, pageCount: 0 },
      tokens: tokens + counter.text(`${before}\n${after}`),
      ephemeral: index === 0 ? ephemeral.map((line) => ({ ...place, ...line })) : [],
      maxImportance: importantLinesOf(content).length > 0 ? 1 : (message.importance ?? 0),
    });
    entries.unshift(entry);
  }
  return entries;
}

/**
 * Shortens parts of messages, after all of each has been written to pages.
 * @throws whatever the store throws; what was shortened until then is.
 */
export async function cutParts(
  workshop: Workshop,
  parts: readonly MessagePart[],
  limit: number,
): Promise<void> {
  const { shelf, teller } = workshop;
  for (const part of parts) {
    const entries = await writeOverflow(workshop, part);
    const pageId = entries[0]?.pageId;
    if (pageId === undefined) continue;
    const { held } = part;
    held.message = cutPart(held.message, part, { limit, pageId }, workshop.counter());
    shelf.putAside(entries);
    teller.warn(
      "message_cut",
      `A text of ${part.tokens} tokens is shown shortened: all of it is in ${entries.length} pages.`,
      pageId,
    );
  }
}
