import {
  InvalidOptionError,
  tiktoken,
  type Completion,
  type GenerateRequest,
  type LanguageModel,
  type LoadableTokenizer,
  type Tokenizer,
} from "@gro/summarizer";
import { readSources } from "./sources.js";
import { summarizeSources } from "./summarize-sources.js";
import { SELECTION_METHODS, type SelectionMethod } from "./text-kind.js";

/** How sentences are picked and counted. */
export interface ExtractiveOptions {
  /**
   * How sentences are weighed: `"centroid"` suits stories, `"centrality"` all else, `"auto"` decides by the share of
   * direct speech in each text.
   * @default "auto"
   */
  readonly method?: SelectionMethod | "auto";
  /**
   * Holds the answer to the limit and counts usage; should be the one that the run counts with.
   * @default tiktoken("o200k_base")
   */
  readonly tokenizer?: Tokenizer;
}

/** Changes whenever the same request would get another answer, so that no memo returns the old one. */
const VERSION = "extractive:1";

function isLoadable(tokenizer: Tokenizer): tokenizer is LoadableTokenizer {
  return "load" in tokenizer && typeof tokenizer.load === "function";
}

function checkMethod(method: string): void {
  const allowed = ["auto", ...SELECTION_METHODS];
  if (!allowed.includes(method)) throw new InvalidOptionError("method", method, allowed.join(", "));
}

/**
 * Lets timers, signals and sockets have their turn. All else here is computing: without this, a run of a thousand calls
 * would hold the event loop from its first to its last.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Names every option that changes answers; with the defaults it is `extractive:1`. */
function modelId(method: string, tokenizer: Tokenizer, defaultTokenizer: Tokenizer): string {
  const methodPart = method === "auto" ? "" : `;method=${method}`;
  const tokenizerPart = tokenizer.id === defaultTokenizer.id ? "" : `;tokenizer=${tokenizer.id}`;
  return `${VERSION}${methodPart}${tokenizerPart}`;
}

/**
 * A model that needs no key and no network: it answers with whole sentences of the text it is asked to summarize,
 * in their order, as many as the prompt's limit allows. The same request always has the same answer.
 *
 * @throws InvalidOptionError when `method` is none of the three.
 */
export function extractive(options: ExtractiveOptions = {}): LanguageModel {
  const { method = "auto" } = options;
  const defaultTokenizer = tiktoken("o200k_base");
  const tokenizer = options.tokenizer ?? defaultTokenizer;
  checkMethod(method);

  return {
    id: modelId(method, tokenizer, defaultTokenizer),
    async generate(request: GenerateRequest): Promise<Completion> {
      request.signal?.throwIfAborted();
      if (isLoadable(tokenizer)) await tokenizer.load();
      await turn();
      request.signal?.throwIfAborted();
      const { sources, limit } = readSources(request);
      const text = summarizeSources(sources, limit, tokenizer, method);
      return {
        text,
        finishReason: "stop",
        usage: {
          inputTokens: tokenizer.count(request.system) + tokenizer.count(request.prompt),
          outputTokens: tokenizer.count(text),
        },
      };
    },
  };
}
