import type { Clock } from "@gro/summarizer";
import type { Variables } from "../variables.js";
import type { RestartLimits } from "./restart-policy.js";

/** The settings of a worker that runs as a process of its own. Only the two paths have no default. */
export interface WorkerProcessOptions {
  /** The directory of the queue: what the host gives to `fileStore`. */
  readonly queuePath: string;
  /** The directory of the pages. A `fileStore` without `pagesDirectory` has them in `<queuePath>/pages`. */
  readonly pagesDir: string;
  /** Whose batches: `auto`, `anthropic`, `openai` or `local`. @default "auto": the first key that the environment has, else local */
  readonly provider?: string | undefined;
  /** @default the provider's */
  readonly model?: string | undefined;
  /**
   * The provider's key. It reaches the process by its environment and never by its arguments, which every user of the machine can see.
   * Needs `provider`. @default the one in `environment`
   */
  readonly apiKey?: string | undefined;
  /** Where the provider is reached; goes by the environment too. Needs `provider`. @default the one in `environment`, or the vendor's */
  readonly baseUrl?: string | undefined;
  /** How often to look for new pages, in milliseconds: from 1. @default 60000 */
  readonly pollIntervalMs?: number | undefined;
  /** How often to ask about a batch, in milliseconds: from 1. @default 300000 */
  readonly batchPollIntervalMs?: number | undefined;
  /** The most requests in a batch: from 1. @default 10000 */
  readonly batchSize?: number | undefined;
  /** How long a submission without an answer is looked for, in milliseconds: from 0. @default 120000 */
  readonly orphanGraceMs?: number | undefined;
  /** Further flags of `gro-summarizer worker`, such as `["--reasoning-tokens", "4000"]`. No key. @default none */
  readonly flags?: readonly string[] | undefined;
  /** The environment variables of the process. @default those of this process */
  readonly environment?: Variables | undefined;
  /** How long to wait before the first start after a death, in milliseconds; it doubles with each death in a row. From 0. @default 1000 */
  readonly firstWaitMs?: number | undefined;
  /** The longest such wait, in milliseconds. @default 60000 */
  readonly longestWaitMs?: number | undefined;
  /** After so many deaths in a row it is not started again: from 1. @default 8 */
  readonly mostDeaths?: number | undefined;
  /** A process that has lived for so long, in milliseconds, ends the row of deaths. From 1. @default 60000 */
  readonly steadyAfterMs?: number | undefined;
  /**
   * How long a stopping process may take before it is killed, in milliseconds; nothing is lost by that. From 0. On systems with process groups
   * whatever it has started is killed with it, such as the worker behind `npx`; on Windows the process alone. @default 10000
   */
  readonly stopWithinMs?: number | undefined;
  /** Stops the process, as `stop` does. */
  readonly signal?: AbortSignal | undefined;
  /** Waits between restarts. @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** What is run, before the flags. @default this Node with `gro-batch-worker` of this package */
  readonly program?: readonly string[] | undefined;
}

/** What is run and how it is watched over. */
export interface WorkerProcessSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Variables;
  /** What is never shown. */
  readonly secrets: readonly string[];
  readonly limits: RestartLimits;
  readonly stopWithinMs: number;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}
