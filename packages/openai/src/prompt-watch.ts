import { approximate, ModelError, type CompletionRequest, type Tokenizer } from "@gro/summarizer";
import { leastTokens, MOST_SPARING, VERY_SPARING } from "./least-tokens.js";

/** A prompt, and what the server counted for it. */
interface Arrival {
  /** Tokens by our estimate: only compared with each other. */
  readonly sentTokens: number;
  readonly countedTokens: number;
}

/** Contexts are set to round numbers of tokens. */
const CONTEXT_STEPS = [1_024, 1_000];
/** Ollama 0.30.11 and later keep half of the context and these first tokens besides; older versions fill all of it. */
const KEPT_BESIDE_HALF = [2, 3];

/** So many prompts of different lengths that come to the same count are no accident. */
const LEAST_REPEATS = 3;
/** How much longer the longest of them is than the shortest. */
const LEAST_SPREAD = 1.05;
/** Earlier prompts than these are forgotten. */
const MOST_REMEMBERED = 500;

/** The length of a context that a server would have if it had cut a prompt to so many tokens; `undefined` for other numbers. */
function contextThatCutsTo(tokens: number): number | undefined {
  const candidates = [tokens, ...KEPT_BESIDE_HALF.map((kept) => (tokens - kept) * 2)];
  return candidates.find((length) => length > 0 && CONTEXT_STEPS.some((step) => length % step === 0));
}

/**
 * Finds out servers that cut a prompt that is longer than their context and say nothing, as Ollama does: the summary would be
 * one of the rest. All that they tell is how many tokens they took in. A prompt was cut when that number is
 *
 * 1. lower than any tokenizer can come to, by the words of the prompt;
 * 2. what such a server cuts to with a context of a round length, and lower than tokenizers in use come to; or
 * 3. the same for three prompts of different lengths, and no longer prompt has come to another number.
 *
 * Of a long text all chunks are found to be cut once three were, and a single prompt when it has lost about a third of
 * its English or half of its German words. What stays unseen is a smaller loss in a single prompt or two: there is no telling it
 * from a tokenizer that is more sparing than ours. Whoever knows the context's length says so in `contextTokens`, and no
 * prompt is longer than that.
 */
export class PromptWatch {
  private readonly tokenizer: Tokenizer = approximate();
  private readonly arrivals: Arrival[] = [];

  constructor(private readonly owner: { readonly provider: string; readonly model: string }) {}

  /**
   * @param countedTokens what the server says that it took in; `undefined` when it says nothing
   * @throws ModelError of kind `prompt_was_cut`, which names the setting to change.
   */
  check(countedTokens: number | undefined, request: CompletionRequest, requestId?: string): void {
    if (countedTokens === undefined || !(countedTokens > 0)) return;
    const sentTokens = this.tokenizer.count(request.system) + this.tokenizer.count(request.prompt);
    this.arrivals.push({ sentTokens, countedTokens });
    if (this.arrivals.length > MOST_REMEMBERED) this.arrivals.shift();

    const context = contextThatCutsTo(countedTokens);
    const least = leastTokens(request, context === undefined ? MOST_SPARING : VERY_SPARING);
    if (countedTokens < least) {
      throw this.wasCut(`${countedTokens} tokens of a prompt that has at least ${least}`, context, requestId);
    }
    const repeats = this.repeatsOf(countedTokens);
    if (repeats > 0) {
      throw this.wasCut(
        `exactly ${countedTokens} tokens of each of ${repeats} prompts of different lengths`,
        context,
        requestId,
        " What a memo has kept of them is of cut prompts, too: go on with another one.",
      );
    }
  }

  /** How many prompts have come to this number, if they are the longest of all and too different in length for that; else 0. */
  private repeatsOf(countedTokens: number): number {
    const same = this.arrivals.filter((arrival) => arrival.countedTokens === countedTokens);
    if (same.length < LEAST_REPEATS) return 0;
    const lengths = same.map(({ sentTokens }) => sentTokens);
    const longest = Math.max(...lengths);
    if (longest < Math.min(...lengths) * LEAST_SPREAD) return 0;
    const isLongestOfAll = this.arrivals.every(
      (arrival) => arrival.countedTokens === countedTokens || arrival.sentTokens <= longest,
    );
    return isLongestOfAll ? same.length : 0;
  }

  private wasCut(
    finding: string,
    context: number | undefined,
    requestId: string | undefined,
    more = "",
  ): ModelError {
    const { provider, model } = this.owner;
    const length = context === undefined ? "" : `, perhaps ${context} tokens`;
    return new ModelError({
      kind: "prompt_was_cut",
      provider,
      model,
      requestId,
      message:
        `the server took in ${finding}: its context is too short${length}, and it cuts without saying so. Raise it ` +
        `(Ollama: OLLAMA_CONTEXT_LENGTH, or num_ctx in the Modelfile; LM Studio: context length), set contextTokens to its ` +
        `length, or lower chunkSize and tokenMax.${more}`,
    });
  }
}
