import { InvalidOptionError, systemClock, type Clock } from "@gro/summarizer";
import { wholeNumber } from "@gro/summarizer/executor";
import { providers } from "../providers.js";
import type { Variables } from "../variables.js";
import { workerProgram } from "../worker-program.js";
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
  /** How long a stopping process may take before it is killed, in milliseconds; nothing is lost by that. From 0. @default 10000 */
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

const LONGEST_TIMER_MS = 2_147_483_647;
const KEY_FLAG = "--api-key";

function path(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
  throw new InvalidOptionError(option, value, "the path of a directory");
}

function milliseconds(option: string, value: number, least: number): number {
  return wholeNumber(option, value, least, LONGEST_TIMER_MS);
}

/** The flag with its value, or nothing. In one word: a value that begins with a dash is no flag then. */
function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

function furtherFlags({ flags = [] }: WorkerProcessOptions): readonly string[] {
  // Not shown: it may be a key.
  if (flags.some((word) => word === KEY_FLAG || word.startsWith(`${KEY_FLAG}=`))) {
    throw new InvalidOptionError(
      "flags",
      undefined,
      `no ${KEY_FLAG}, which other users see: apiKey keeps it to you`,
    );
  }
  return flags;
}

/** What goes by the environment, under the names that the provider reads. */
function accessVariables({ provider, apiKey, baseUrl }: WorkerProcessOptions): Variables {
  if (apiKey === undefined && baseUrl === undefined) return {};
  const known =
    provider === undefined ? undefined : Object.entries(providers).find(([name]) => name === provider)?.[1];
  if (known?.kind !== "remote") {
    const what = apiKey === undefined ? "baseUrl" : "apiKey";
    throw new InvalidOptionError("provider", provider, `"anthropic" or "openai", whose ${what} it is`);
  }
  return {
    ...(apiKey === undefined ? {} : { [known.keyVariable]: apiKey }),
    ...(baseUrl === undefined ? {} : { [known.baseUrlVariable]: baseUrl }),
  };
}

function argumentsOf(options: WorkerProcessOptions): readonly string[] {
  const { provider, model, pollIntervalMs, batchPollIntervalMs, batchSize, orphanGraceMs } = options;
  return [
    ...flag("queue-path", path("queuePath", options.queuePath)),
    ...flag("pages-dir", path("pagesDir", options.pagesDir)),
    ...flag("provider", provider),
    ...flag("model", model),
    ...flag("poll-interval", pollIntervalMs),
    ...flag("batch-poll-interval", batchPollIntervalMs),
    ...flag("batch-size", batchSize),
    ...flag("orphan-grace", orphanGraceMs),
    ...furtherFlags(options),
    // Its events for the host; and its end with the host's, however that ends.
    "--json",
    "--until-stdin-ends",
  ];
}

function limitsOf(options: WorkerProcessOptions): RestartLimits {
  const { firstWaitMs = 1_000, longestWaitMs = 60_000, mostDeaths = 8, steadyAfterMs = 60_000 } = options;
  return {
    firstWaitMs: milliseconds("firstWaitMs", firstWaitMs, 0),
    longestWaitMs: milliseconds("longestWaitMs", longestWaitMs, 0),
    mostDeaths: wholeNumber("mostDeaths", mostDeaths, 1),
    steadyAfterMs: milliseconds("steadyAfterMs", steadyAfterMs, 1),
  };
}

/**
 * Checks every option once and fills in the defaults. What the worker itself takes, such as `model`, it checks itself.
 * @throws InvalidOptionError that names the option, the value and what is allowed; never a key.
 */
export function resolveWorkerProcessOptions(options: WorkerProcessOptions): WorkerProcessSettings {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with queuePath and pagesDir");
  }
  const { environment = process.env, apiKey, signal, clock = systemClock() } = options;
  const [command, ...first] = options.program ?? workerProgram();
  if (command === undefined) throw new InvalidOptionError("program", [], "a command and its arguments");
  return {
    command,
    args: [...first, ...argumentsOf(options)],
    environment: { ...environment, ...accessVariables(options) },
    secrets: apiKey === undefined || apiKey === "" ? [] : [apiKey],
    limits: limitsOf(options),
    stopWithinMs: milliseconds("stopWithinMs", options.stopWithinMs ?? 10_000, 0),
    ...{ signal, clock },
  };
}
