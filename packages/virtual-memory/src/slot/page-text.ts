import { trimToTokens } from "@gro/summarizer";
import { textToSend, type Page } from "@gro/queue";
import type { Counter } from "../messages/counter.js";
import { plainName } from "../pages/render-messages.js";

/** Ids that follow from the content. Others are a host's own, and say nothing about it. */
const ID_BY_CONTENT = /^pg_[0-9a-f]{12}$/u;

/** UTF-16 units a token: more than prose has, so that a page of any size is not counted whole to show its beginning. */
const UNITS_PER_TOKEN = 12;
const MOST_NOTICES = 8;

export function isEdited({ id, content }: Page, pageIdOf: (content: string) => string): boolean {
  return ID_BY_CONTENT.test(id) && pageIdOf(content) !== id;
}

/** A page between lines that it cannot close: its id follows from its content, which therefore cannot hold it. */
export function framePage({ id, label }: Page, content: string, note: string): string {
  const name = typeof label === "string" && label !== "" ? `, ${plainName(label)}` : "";
  return `[Page ${id}${name}${note}; @@unref('${id}')@@ closes it]\n${content}\n[End of page ${id}]`;
}

/** As much of a page as fits in `limit` tokens; `undefined` when not a word of it does. */
export function cutPage(page: Page, note: string, limit: number, counter: Counter): string | undefined {
  const without = framePage(page, "[cut: the rest does not fit]", note);
  const content = textToSend(page.content);
  const room = limit - counter.text(without);
  for (const share of [1, 0.9, 0.8, 0.6]) {
    const tokens = Math.floor(room * share);
    if (tokens < 1) return undefined;
    const head = trimToTokens(content.slice(0, tokens * UNITS_PER_TOKEN), tokens, counter.tokenizer);
    const text = framePage(page, `${head}\n[cut: the rest does not fit]`, note);
    if (head !== "" && counter.text(text) <= limit) return text;
  }
  return undefined;
}

/** The notices that fit, one a line. */
export function boundedNotice(notices: readonly string[], limit: number, counter: Counter): string {
  const lines: string[] = [];
  for (const notice of [...new Set(notices)].slice(0, MOST_NOTICES)) {
    if (counter.text([...lines, notice].join("\n")) > limit) break;
    lines.push(notice);
  }
  return lines.join("\n");
}
