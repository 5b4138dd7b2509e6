import { TokenizerNotLoadedError } from "../errors/tokenizer-error.js";
import { Turns } from "../execute/turns.js";
import { inOneGo } from "../plan/in-parts.js";
import type { LoadableTokenizer } from "../ports/tokenizer.js";
import { bytePairEncoding, type BytePairEncoding } from "./byte-pair-encoding.js";
import { encodingNameFor, type EncodingName } from "./encoding-name.js";
import { importTables, requireTables } from "./encoding-tables.js";

/** Encodings by name, built when first needed. They are immutable, so all tokenizers may share them. */
const built = new Map<EncodingName, BytePairEncoding>();

/** The encoding that all share, which is this one if it is the first. */
function share(name: EncodingName, encoding: BytePairEncoding): BytePairEncoding {
  const shared = built.get(name) ?? encoding;
  built.set(name, shared);
  return shared;
}

/** Encodings that are being built: who asks meanwhile waits for the same. */
const loading = new Map<EncodingName, Promise<BytePairEncoding>>();

function load(name: EncodingName): Promise<BytePairEncoding> {
  const underWay = loading.get(name) ?? build(name).finally(() => loading.delete(name));
  loading.set(name, underWay);
  return underWay;
}

async function build(name: EncodingName): Promise<BytePairEncoding> {
  // Without await where that works: test runners that evaluate CommonJS themselves refuse `import()`.
  const tables = requireTables(name) ?? (await importTables(name));
  return share(name, await new Turns().drive(bytePairEncoding(tables)));
}

/**
 * Counts with the tables of js-tiktoken.
 *
 * Nothing is loaded until it is needed: `load()` imports the tables, and on Node, Bun and Deno the
 * first `count` does it by itself. In browsers and on edge workers `await tokenizer.load()` first;
 * `summarize` does. `load()` builds the tables piece by piece, so that a server goes on answering; a `count` before it
 * builds them at once and holds the event loop for about a sixth of a second.
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
    encoding = share(name, inOneGo(bytePairEncoding(tables)));
    return encoding;
  }

  return {
    id: `tiktoken:${name}`,
    addsUpBetweenWords: true,
    async load() {
      encoding ??= built.get(name) ?? (await load(name));
    },
    count: (text) => ready().count(text),
    countInParts: (text) => ready().countInParts(text),
  };
}
