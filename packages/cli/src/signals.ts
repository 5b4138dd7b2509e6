import { ExitCode } from "./exit-codes.js";
import type { Environment, SignalName } from "./environment.js";

const EXIT_CODES: Readonly<Record<SignalName, ExitCode>> = {
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
};

/** The reason why a run was aborted: a signal came. */
export class Interruption extends Error {
  readonly exitCode: ExitCode;

  constructor(signalName: SignalName) {
    super(`stopped by ${signalName}`);
    this.name = "Interruption";
    this.exitCode = EXIT_CODES[signalName];
  }
}

export interface SignalWatch {
  readonly signal: AbortSignal;
  /** Gives the signals back to whoever had them before. */
  release(): void;
}

/** Turns the first signal into an abort, for an orderly end, and the second into an immediate end. */
export function watchSignals({ signals, exit }: Pick<Environment, "signals" | "exit">): SignalWatch {
  const controller = new AbortController();
  const listen = (name: SignalName) => {
    const listener = () => {
      if (controller.signal.aborted) exit(EXIT_CODES[name]);
      else controller.abort(new Interruption(name));
    };
    signals.on(name, listener);
    return () => signals.off(name, listener);
  };
  const releases = [listen("SIGINT"), listen("SIGTERM")];
  return {
    signal: controller.signal,
    release() {
      for (const release of releases) release();
    },
  };
}
