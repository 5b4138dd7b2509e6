import { TokenizerNotLoadedError } from "../errors/tokenizer-error.js";
import type { LoadableTokenizer } from "../ports/tokenizer.js";
import { bytePairEncoding, type BytePairEncoding } from "./byte-pair-encoding.js";
import { encodingNameFor, type EncodingName } from "./encoding-name.js";
import { importTables, requireTables, type EncodingTables } from "./encoding-tables.js";

/** Encodings by name, built when first needed. They are immutable, so all tokenizers may share them. */
const built = new Map<EncodingName, BytePairEncoding>();

function build(name: EncodingName, tables: EncodingTables): BytePairEncoding {
  const encoding = built.get(name) ?? bytePairEncoding(tables);
  built.set(name, encoding);
  return encoding;
}

/**
 * Counts with the tables of js-tiktoken.
 *
 * Nothing is loaded until it is needed: `load()` imports the tables, and on Node, Bun and Deno the
 * first `count` does it by itself. In browsers and on edge workers `await tokenizer.load()` first;
 * `summarize` does.
 *
 * @param modelOrEncoding A model (`"gpt-4o"`, `"openai:gpt-4.1"`) or an encoding (`"cl100k_base"`). A model
 * that js-tiktoken does not know, such as another vendor's, is counted with `o200k_base`.
 * @throws TokenizerNotLoadedError from `count`, where loading needs an `await` that did not happen.
 */
export function tiktoken(modelOrEncoding: string = "o200k_base"): LoadableTokenizer {
  const name = encodingNameFor(modelOrEncoding);
  let encoding: BytePairEncoding | undefined;

  function ready(): BytePairEncoding {
    encoding ??= built.get(name);
    if (encoding !== undefined) return encoding;
    const tables = requireTables(name);
    if (tables === undefined) throw new TokenizerNotLoadedError(name);
    encoding = build(name, tables);
    return encoding;
  }

  return {
    id: `tiktoken:${name}`,
    addsUpBetweenWords: true,
    async load() {
      encoding ??= built.get(name);
      // Without await where that works: test runners that evaluate CommonJS themselves refuse `import()`.
      encoding ??= build(name, requireTables(name) ?? (await importTables(name)));
    },
    count: (text) => ready().count(text),
  };
}
