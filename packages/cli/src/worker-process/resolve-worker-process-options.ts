import { InvalidOptionError, systemClock } from "@gro/summarizer";
import { wholeNumber, withMethods } from "@gro/summarizer/executor";
import { EXPECTED_URL, isKey, isPlainUrl, mayHoldPassword } from "../access.js";
import { batchProviderNames } from "../choose-batch-provider.js";
import { providers, type RemoteProvider } from "../providers.js";
import { secretsIn } from "../secrets.js";
import type { Variables } from "../variables.js";
import { workerProgram } from "../worker-program.js";
import type { RestartLimits } from "./restart-policy.js";
import type { WorkerProcessOptions, WorkerProcessSettings } from "./worker-process-options.js";

const LONGEST_TIMER_MS = 2_147_483_647;
const KEY_FLAG = "--api-key";
/** Stands in an error for a value that may be a key. */
const HIDDEN = "[hidden]";

/** What the system can hand to a process: it ends its words at a NUL, and Node refuses them with the word in its error. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}

function path(option: string, value: unknown): string {
  if (isWord(value) && value !== "") return value;
  throw new InvalidOptionError(option, value, "the path of a directory");
}

function milliseconds(option: string, value: unknown, least: number): number {
  return wholeNumber(option, value, least, LONGEST_TIMER_MS);
}

/** What stands, if it does. */
function optional<Value>(
  option: keyof WorkerProcessOptions,
  value: Value | undefined,
  check: (option: string, value: Value) => Value,
): Value | undefined {
  return value === undefined ? undefined : check(option, value);
}

/** The flag with its value, or nothing. In one word: a value that begins with a dash is no flag then. */
function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

function checkProvider(option: string, value: string): string {
  const names = batchProviderNames(providers);
  if (names.includes(value)) return value;
  throw new InvalidOptionError(option, value, `one of: ${names.join(", ")}`);
}

function checkModel(option: string, value: string): string {
  if (isWord(value) && value.trim() !== "") return value;
  throw new InvalidOptionError(option, value, "the id of a model");
}

/** Nothing of them is shown: one may be a key. */
function checkFlags(option: string, flags: readonly string[]): readonly string[] {
  if (!Array.isArray(flags) || !flags.every(isWord)) {
    throw new InvalidOptionError(option, flags, "an array of strings without NUL");
  }
  if (flags.some((word) => word === KEY_FLAG || word.startsWith(`${KEY_FLAG}=`))) {
    const allowed = `no ${KEY_FLAG}, which other users see: apiKey keeps it to you`;
    throw new InvalidOptionError(option, HIDDEN, allowed);
  }
  return flags;
}

/** An empty one counts as none, as in the environment. */
function checkKey(option: string, value: string): string {
  if (typeof value === "string" && (value.trim() === "" || isKey(value.trim())) && isWord(value))
    return value;
  const allowed = "a key: a string without spaces, line breaks or characters beyond ASCII";
  throw new InvalidOptionError(option, HIDDEN, allowed);
}

function checkBaseUrl(option: string, value: string): string {
  if (typeof value === "string" && isPlainUrl(value.trim()) && isWord(value)) return value;
  const isShown = typeof value !== "string" || !mayHoldPassword(value);
  throw new InvalidOptionError(option, isShown ? value : HIDDEN, EXPECTED_URL);
}

function checkEnvironment(variables: Variables): Variables {
  if (typeof variables !== "object" || variables === null) {
    throw new InvalidOptionError("environment", variables, "an object of variables by name");
  }
  for (const [name, value] of Object.entries(variables)) {
    if (!isWord(name)) throw new InvalidOptionError("environment", HIDDEN, "names without NUL");
    if (value !== undefined && !isWord(value)) {
      throw new InvalidOptionError(`environment.${name}`, HIDDEN, "a string without NUL");
    }
  }
  return variables;
}

function checkProgram(program: readonly string[]): readonly [command: string, ...first: string[]] {
  const isProgram = Array.isArray(program) && program.every(isWord);
  const [command = "", ...first] = isProgram ? program : [];
  if (command !== "") return [command, ...first];
  throw new InvalidOptionError("program", program, "a command and its arguments, strings without NUL");
}

function remoteProvider({ provider, apiKey }: WorkerProcessOptions): RemoteProvider {
  const known = Object.entries(providers).find(([name]) => name === provider)?.[1];
  if (known?.kind === "remote") return known;
  const what = apiKey === undefined ? "baseUrl" : "apiKey";
  throw new InvalidOptionError("provider", provider, `"anthropic" or "openai", whose ${what} it is`);
}

/** What goes by the environment, under the names that the provider reads. */
function accessVariables(options: WorkerProcessOptions): Variables {
  const apiKey = optional("apiKey", options.apiKey, checkKey);
  const baseUrl = optional("baseUrl", options.baseUrl, checkBaseUrl);
  if (apiKey === undefined && baseUrl === undefined) return {};
  const { keyVariable, baseUrlVariable } = remoteProvider(options);
  return {
    ...(apiKey === undefined ? {} : { [keyVariable]: apiKey }),
    ...(baseUrl === undefined ? {} : { [baseUrlVariable]: baseUrl }),
  };
}

function argumentsOf(options: WorkerProcessOptions): readonly string[] {
  const { provider, model, flags = [] } = options;
  const count = (
    option: "pollIntervalMs" | "batchPollIntervalMs" | "batchSize" | "orphanGraceMs",
    least: number,
    most?: number,
  ) => optional(option, options[option], (name, value: number) => wholeNumber(name, value, least, most));
  return [
    ...flag("queue-path", path("queuePath", options.queuePath)),
    ...flag("pages-dir", path("pagesDir", options.pagesDir)),
    ...flag("provider", optional("provider", provider, checkProvider)),
    ...flag("model", optional("model", model, checkModel)),
    ...flag("poll-interval", count("pollIntervalMs", 1, LONGEST_TIMER_MS)),
    ...flag("batch-poll-interval", count("batchPollIntervalMs", 1, LONGEST_TIMER_MS)),
    ...flag("batch-size", count("batchSize", 1)),
    ...flag("orphan-grace", count("orphanGraceMs", 0)),
    ...checkFlags("flags", flags),
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

/** What no event may show: every key and password that the process gets, whoever gave it. */
function secretsOf({ apiKey = "" }: WorkerProcessOptions, args: readonly string[], variables: Variables) {
  const given = [apiKey, apiKey.trim()].filter((key) => key !== "");
  return [...new Set([...given, ...secretsIn(args, { variables, providers })])];
}

/**
 * Checks every option once and fills in the defaults. What only the worker can know, such as whether there is such a model, it checks itself.
 * @throws InvalidOptionError that names the option, the value and what is allowed; never a key.
 */
export function resolveWorkerProcessOptions(options: WorkerProcessOptions): WorkerProcessSettings {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object with queuePath and pagesDir");
  }
  const {
    environment: given = process.env,
    program = workerProgram(),
    stopWithinMs = 10_000,
    signal,
    clock,
  } = options;
  const [command, ...first] = checkProgram(program);
  const args = [...first, ...argumentsOf(options)];
  const environment = {
    ...checkEnvironment(given),
    ...accessVariables(options),
  };
  return {
    command,
    args,
    environment,
    secrets: secretsOf(options, args, environment),
    limits: limitsOf(options),
    stopWithinMs: milliseconds("stopWithinMs", stopWithinMs, 0),
    signal:
      signal === undefined
        ? undefined
        : withMethods("signal", signal, "addEventListener", "removeEventListener"),
    clock: clock === undefined ? systemClock() : withMethods("clock", clock, "now", "sleep"),
  };
}
