import type { Readable, Writable } from "node:stream";
import type { Clock } from "@gro/summarizer";
import type { ProviderTable } from "./providers.js";
import type { Variables } from "./variables.js";

export type SignalName = "SIGINT" | "SIGTERM";

/** Where signals come from: `process`, or an emitter. */
export interface SignalSource {
  on(name: SignalName, listener: () => void): unknown;
  off(name: SignalName, listener: () => void): unknown;
}

/** Everything that the program touches outside of itself, apart from the files that it is told to read and write. */
export interface Environment {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Environment variables: keys and base URLs of providers, and settings. Nothing else in the library reads them. */
  readonly variables: Variables;
  /** Relative paths start here. */
  readonly workingDirectory: string;
  readonly signals: SignalSource;
  readonly clock: Clock;
  readonly providers: ProviderTable;
  /** Ends the process at once, for a user who does not want to wait for an orderly end. */
  exit(code: number): void;
}

/** What a command gets: the world, and the word to stop. */
export interface Session {
  readonly environment: Environment;
  /** Aborts at the first signal; its reason is an `Interruption`. */
  readonly signal: AbortSignal;
  /** What no message may show: keys. */
  readonly secrets: readonly string[];
}
