import type { PriceList } from "../cost/model-price.js";
import type { Budget } from "../execute/budget.js";
import type { RetryOptions } from "../execute/exponential-retry.js";
import type { ContentPrompts, ContentType } from "../plan/prompts/content-type.js";
import type { Clock } from "../ports/clock.js";
import type { LanguageModel } from "../ports/language-model.js";
import type { Memo } from "../ports/memo.js";
import type { RetryPolicy } from "../ports/retry-policy.js";
import type { SummaryEventSink } from "../ports/summary-events.js";
import type { Tokenizer } from "../ports/tokenizer.js";

/** How a text is summarized. Only `model` has no default. An option that is `undefined` counts as left out. */
export interface SummarizeOptions {
  /** Who writes the summaries. */
  readonly model: LanguageModel;
  /** The longest summary, in tokens: a whole number from 1. @default `tokenMax` */
  readonly targetTokens?: number | undefined;
  /** The longest summary as a share of the input's tokens, in (0, 1]; goes before `targetTokens`. */
  readonly targetRatio?: number | undefined;
  /** What the content is, or prompts of your own for what it is. @default "general" */
  readonly contentType?: ContentType | ContentPrompts | undefined;
  /** A summary of what came before the content, to be carried forward. */
  readonly priorSummary?: string | null | undefined;
  /** The most tokens of summaries that one merge takes in: from 64. @default 3000 (LangChain's map-reduce `token_max`) */
  readonly tokenMax?: number | undefined;
  /** The largest chunk in tokens: from 8. @default 2048 (BooookScore) */
  readonly chunkSize?: number | undefined;
  /** Tokens of text before a chunk that the model sees as context: from 0, below `chunkSize`. @default 200 */
  readonly chunkOverlap?: number | undefined;
  /** Calls under way at once: from 1. @default 5 */
  readonly maxConcurrency?: number | undefined;
  /** The most levels of merges: 1 to 100. @default 10 */
  readonly maxCollapseDepth?: number | undefined;
  /** The longest that one call may take, in milliseconds: from 1. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** Counts tokens. @default `tiktoken("o200k_base")` */
  readonly tokenizer?: Tokenizer | undefined;
  /** Remembers completions by step key. @default none: every run starts anew */
  readonly memo?: Memo | undefined;
  /**
   * The most that this run may spend: it stops before the call that could break it, as long as the model keeps each request's
   * output limit. Models of `fromLangChain` are not told it: there a budget may be overrun by the calls under way. @default no limit
   */
  readonly budget?: Budget | undefined;
  /** What models cost, for `usage.costUsd`, estimates and budgets. @default `listPrices`, the table that comes along */
  readonly prices?: PriceList | undefined;
  /** How calls that failed are made again: numbers, or a policy of your own. @default 3 retries from 1 to 30 s */
  readonly retry?: RetryOptions | RetryPolicy | undefined;
  /** Stops the run: no further call starts and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of planned and finished steps. */
  readonly events?: SummaryEventSink | undefined;
  /** Tells the time and waits. @default the machine's clock */
  readonly clock?: Clock | undefined;
}
