import type { SummaryUsage } from "./execute/usage.js";
import type { Fit } from "./plan/node-summary.js";
import type { SourceNode } from "./plan/outcome.js";
import type { Warning } from "./plan/warning.js";

/** A summary and everything one may want to know of it. Plain data. */
export interface SummaryResult {
  /** The summary; the content itself when it fits the target; `null` when the content is blank. */
  readonly summary: string | null;
  /** Tokens of the content, by the run's tokenizer; 0 when it is blank. */
  readonly inputTokens: number;
  /** Tokens of the summary: never more than the target. */
  readonly outputTokens: number;
  /** `outputTokens / inputTokens`, from 0 to 1; 0 when there is no summary. */
  readonly compressionRatio: number;
  /** Levels of merges that asked the model: 0 when chunks were enough, or no call was needed. */
  readonly collapseDepth: number;
  /** When the run ended, as ISO 8601 in UTC. */
  readonly createdAt: string;
  /** How the summary came to its length. */
  readonly fit: Fit;
  readonly usage: SummaryUsage;
  /** The tree of all summaries down to the chunks; `null` when there is no summary. */
  readonly sources: SourceNode | null;
  /** What the caller should know although the result stands; usually empty. */
  readonly warnings: readonly Warning[];
}
