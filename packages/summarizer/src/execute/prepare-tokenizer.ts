import type { Warning } from "../plan/warning.js";
import type { Tokenizer } from "../ports/tokenizer.js";
import { approximate } from "../tokens/approximate.js";
import { checkedTokenizer } from "../tokens/checked-tokenizer.js";

/** A tokenizer that is ready to count, and what the caller should know if it is not the one that was asked for. */
export interface ReadyTokenizer {
  readonly tokenizer: Tokenizer;
  readonly warning?: Warning;
}

function isLoadable(tokenizer: Tokenizer): tokenizer is Tokenizer & { load(): Promise<unknown> } {
  return "load" in tokenizer && typeof tokenizer.load === "function";
}

/** Loads what the tokenizer needs and checks its counts; where loading fails, counts are approximate from here on, with a warning. */
export async function prepareTokenizer(tokenizer: Tokenizer): Promise<ReadyTokenizer> {
  if (!isLoadable(tokenizer)) return { tokenizer: checkedTokenizer(tokenizer) };
  try {
    await tokenizer.load();
    return { tokenizer: checkedTokenizer(tokenizer) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      tokenizer: approximate(),
      warning: {
        code: "tokenizer_fallback",
        message: `The tokenizer ${tokenizer.id} could not be loaded, token counts are approximate: ${reason}`,
      },
    };
  }
}
