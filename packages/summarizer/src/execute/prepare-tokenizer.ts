import { reasonOf } from "../errors/reason-of.js";
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
export async function prepareTokenizer(
  tokenizer: Tokenizer,
  signal: AbortSignal | undefined,
): Promise<ReadyTokenizer> {
  const ready = await orAborted(load(tokenizer), signal);
  signal?.throwIfAborted();
  return ready;
}

/** The outcome of `work`, or the signal's reason as soon as it aborts. */
async function orAborted<Outcome>(work: Promise<Outcome>, signal: AbortSignal | undefined): Promise<Outcome> {
  if (signal === undefined) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
  }
}

async function load(tokenizer: Tokenizer): Promise<ReadyTokenizer> {
  if (!isLoadable(tokenizer)) return { tokenizer: checkedTokenizer(tokenizer) };
  try {
    await tokenizer.load();
    return { tokenizer: checkedTokenizer(tokenizer) };
  } catch (error) {
    const reason = reasonOf(error);
    return {
      tokenizer: approximate(),
      warning: {
        code: "tokenizer_fallback",
        message: `The tokenizer ${tokenizer.id} could not be loaded, token counts are approximate: ${reason}`,
      },
    };
  }
}
