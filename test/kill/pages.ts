import { contentHash, type Page } from "@gro/queue";
import { prose, seededRandom } from "../support/prose.js";

/** How the pages of these tests are summarized: small chunks, so that many small pages are whole trees. */
export const REQUEST = { targetTokens: 60, chunkSize: 160, chunkOverlap: 16, tokenMax: 240 } as const;

/** What the emulators refuse to summarize. */
export const UNSPEAKABLE = "xyzzy-unspeakable";

const SINGLE_CHUNK_WORDS = 80;

/** Page number `index`: every other one has several chunks; two that are alike share what is asked of them. */
export function pageOf(index: number): Page {
  const random = seededRandom(index + 1);
  const words = index % 2 === 0 ? SINGLE_CHUNK_WORDS : 250 + Math.floor(random() * 250);
  // Every tenth page begins like the one ten pages before.
  const seed = index % 10 === 9 ? 9_000 : 10_000 + index;
  const content = `${prose(words, seed)}\n\nPage ${index} ends here, as said in its last line.`;
  return {
    id: `pg_${contentHash(content).slice(0, 12)}`,
    label: `page ${index}`,
    content,
    createdAt: "2026-11-01T00:00:00.000Z",
    messageCount: 4,
    tokens: words,
  };
}

/** The same page after somebody has edited its middle: most of its chunks are as before. */
export function editedPageOf(index: number): Page {
  const page = pageOf(index);
  const words = page.content.split(" ");
  const content = words.with(words.length >> 1, `(edited: ${index})`).join(" ");
  return { ...page, content };
}

/** A page that no model takes on. */
export function unspeakablePage(): Page {
  const page = pageOf(100_000);
  return { ...page, id: "pg_unspeakable", content: `${UNSPEAKABLE} ${page.content}` };
}
