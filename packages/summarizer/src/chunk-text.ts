import { checkContent } from "./options/check-value.js";
import { resolveChunkOptions } from "./options/resolve-plan-options.js";
import type { SummarizeOptions } from "./options/summarize-options.js";
import { chunkContent } from "./plan/chunk/chunk-content.js";
import { TextMeasure } from "./plan/chunk/text-measure.js";
import type { Chunk } from "./plan/chunk/chunk.js";
import { checkedTokenizer } from "./tokens/checked-tokenizer.js";

/**
 * Cuts a text into chunks as `summarize` does: at headings, paragraphs, sentences or words, with edges that
 * depend on the text nearby. In order, `text.slice(start, end)` of all chunks is the text again; an empty text has none.
 *
 * @throws InvalidOptionError for sizes out of range; the defaults are those of `summarize`.
 * @throws TokenizerNotLoadedError where the tokenizer needs `await tokenizer.load()` first (browsers).
 */
export function chunkText(
  text: string,
  options: Pick<SummarizeOptions, "chunkSize" | "chunkOverlap" | "tokenizer"> = {},
): Chunk[] {
  const { tokenizer, ...settings } = resolveChunkOptions(options ?? {});
  const measure = new TextMeasure(checkContent(text), checkedTokenizer(tokenizer));
  return [...chunkContent(measure, settings)];
}
