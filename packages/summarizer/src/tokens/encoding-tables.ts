import type { EncodingName } from "./encoding-name.js";

/** An encoding as js-tiktoken ships it. */
export interface EncodingTables {
  /** The pattern that splits a text into pieces; no token spans two pieces. */
  readonly pat_str: string;
  /** Lines of `! <first rank> <base64 token> <base64 token> …`, ascending by rank. */
  readonly bpe_ranks: string;
}

/** Imports the tables (1–2 MB of text) where dynamic import works: everywhere. */
export async function importTables(name: EncodingName): Promise<EncodingTables> {
  switch (name) {
    case "o200k_base":
      return (await import("js-tiktoken/ranks/o200k_base")).default;
    case "cl100k_base":
      return (await import("js-tiktoken/ranks/cl100k_base")).default;
    case "p50k_base":
      return (await import("js-tiktoken/ranks/p50k_base")).default;
    case "p50k_edit":
      return (await import("js-tiktoken/ranks/p50k_edit")).default;
    case "r50k_base":
      return (await import("js-tiktoken/ranks/r50k_base")).default;
    case "gpt2":
      return (await import("js-tiktoken/ranks/gpt2")).default;
  }
}

/** The piece of Node's (and Bun's and Deno's) `process` that loads a module without `await`. */
interface ModuleLoadingProcess {
  getBuiltinModule(
    name: "node:module",
  ): { createRequire(from: string): (name: string) => unknown } | undefined;
}

function canLoadModules(process: unknown): process is ModuleLoadingProcess {
  return (
    typeof process === "object" &&
    process !== null &&
    "getBuiltinModule" in process &&
    typeof process.getBuiltinModule === "function"
  );
}

function isTables(value: unknown): value is EncodingTables {
  return (
    typeof value === "object" &&
    value !== null &&
    "pat_str" in value &&
    typeof value.pat_str === "string" &&
    "bpe_ranks" in value &&
    typeof value.bpe_ranks === "string"
  );
}

/**
 * Loads the tables at once on runtimes that have a synchronous loader, so that `count` works there
 * without `load`. Answers `undefined` elsewhere, and in bundles that left js-tiktoken behind.
 */
export function requireTables(name: EncodingName): EncodingTables | undefined {
  const process: unknown = Reflect.get(globalThis, "process");
  if (!canLoadModules(process)) return undefined;
  try {
    const loaded = process.getBuiltinModule("node:module")?.createRequire(import.meta.url)(
      `js-tiktoken/ranks/${name}`,
    );
    if (isTables(loaded)) return loaded;
    const inner =
      typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : undefined;
    return isTables(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}
