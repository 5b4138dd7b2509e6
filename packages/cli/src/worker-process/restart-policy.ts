import { ExitCode } from "../exit-codes.js";

/** How a worker's process is started again. Times in milliseconds. */
export interface RestartLimits {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  readonly mostDeaths: number;
  readonly steadyAfterMs: number;
}

/** A process that has ended without being asked to. */
export interface Death {
  /** `null` when a signal ended it, or when it could not be started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** `null` when it could not be started. */
  readonly pid: number | null;
  /** The last line that it wrote to standard error, or why it could not be started; may be empty. Without keys. */
  readonly lastWords: string;
}

export type NextStep =
  { readonly kind: "restart"; readonly inMs: number } | { readonly kind: "give-up"; readonly reason: string };

/** Another start would end in the same way: somebody has to mend the settings first. */
const FOR_GOOD: Readonly<Record<number, string>> = {
  [ExitCode.wrongUsage]: "its settings are wrong",
  [ExitCode.noCredentials]: "it has no key",
};

function described({ exitCode, signal, lastWords }: Death): string {
  const how = signal ?? (exitCode === null ? "it could not be started" : `exit code ${exitCode}`);
  return lastWords === "" ? how : `${how}: ${lastWords}`;
}

/**
 * What comes after a death.
 * @param inARow deaths up to this one that came soon after their start, this one included; 0 when it had lived long enough
 */
export function afterDeath(death: Death, inARow: number, limits: RestartLimits): NextStep {
  const why = death.exitCode === null ? undefined : FOR_GOOD[death.exitCode];
  if (why !== undefined) {
    return { kind: "give-up", reason: `The worker process has ended, as ${why} (${described(death)})` };
  }
  if (inARow >= limits.mostDeaths) {
    const within = `within ${limits.steadyAfterMs} ms of its start`;
    const reason = `The worker process died ${inARow} times in a row ${within}, last with ${described(death)}`;
    return { kind: "give-up", reason };
  }
  const inMs = limits.firstWaitMs * 2 ** Math.max(0, inARow - 1);
  return { kind: "restart", inMs: Math.min(limits.longestWaitMs, inMs) };
}
