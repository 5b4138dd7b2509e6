import { systemClock } from "@gro/summarizer";
import type { Environment } from "./environment.js";
import { providers } from "./providers.js";

/** The real world. */
export function processEnvironment(): Environment {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    workingDirectory: process.cwd(),
    signals: process,
    clock: systemClock(),
    providers,
    exit: (code) => process.exit(code),
  };
}
