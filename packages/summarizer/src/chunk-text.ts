import { checkContent } from "./options/check-value.js";
import { resolveChunkOptions } from "./options/resolve-plan-options.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import { chunkContent } from "./plan/chunk/chunk-content.js";
import { TextMeasure } from "./plan/chunk/text-measure.js";
import type { Chunk } from "./plan/chunk/chunk.js";
import { inOneGo } from "./plan/in-parts.js";
import { checkedTokenizer } from "./tokens/checked-tokenizer.js";

/**
 * Cuts a text into chunks as `summarize` does: at headings, paragraphs, sentences or words, with edges that
 * depend on the text nearby. In order, `text.slice(start, end)` of all chunks is the text again; an empty text has none.
 *
 * Synchronous: 10 MB hold the event loop for a second or two. Where a server must go on answering, `summarize` and
 * `estimate` do the same work with pauses, and a worker thread takes this one.
 *
 * @throws InvalidOptionError for sizes out of range; the defaults are those of `summarize`.
 * @throws TokenizerNotLoadedError where the tokenizer needs `await tokenizer.load()` first (browsers).
 */
export function chunkText(
  text: string,
  options: Pick<SummarizeOptions, "chunkSize" | "chunkOverlap" | "tokenizer"> = {},
): Chunk[] {
  const { tokenizer, ...settings } = resolveChunkOptions(options ?? {});
  const measure = inOneGo(TextMeasure.of(checkContent(text), checkedTokenizer(tokenizer)));
  return inOneGo(chunkContent(measure, settings));
}
