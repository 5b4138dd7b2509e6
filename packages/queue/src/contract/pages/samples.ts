import { contentHash } from "../../content-hash.js";
import type { Page, PageSummary } from "../../page.js";

/** A page with every field that has no default. */
export function page(id: string, content: string, rest: Partial<Page> = {}): Page {
  return {
    id,
    label: `Page ${id}`,
    content,
    createdAt: "2026-01-01T00:00:00.000Z",
    messageCount: 3,
    tokens: 40,
    ...rest,
  };
}

/** A summary of this content. */
export function summaryOf(content: string, text: string): PageSummary {
  return {
    text,
    meta: {
      ...{ contentHash: contentHash(content), modelId: "test:model", createdAt: "2026-01-02T00:00:00.000Z" },
      ...{ inputTokens: 40, outputTokens: 10, targetTokens: 12, compressionRatio: 0.25, collapseDepth: 1 },
      ...{ fit: "model", warnings: [{ code: "trimmed", message: "„Gekürzt“ ✂️." }] },
    },
  };
}

/** Contents that somebody's storage has broken before. */
export const CONTENTS: readonly string[] = [
  "",
  " ",
  "one line\r\nanother\n\n\ttabbed\r",
  "日本語 עברית 👩‍👩‍👧 e\u0301 \u00e9",
  "a\u0000b \u0007 \u001b[0m \u007f",
  "\u2028\u2029\ufeff",
  '"quotes" \\ `ticks` $& {"json": [1]}',
  "half of a pair \ud83d here",
];
