import type { Environment } from "./environment.js";
import { ExitCode } from "./exit-codes.js";
import { run } from "./run.js";

/** A model that ignores the signal to stop may hold a connection open: no reason to keep the user waiting. */
const GRACE_MS = 1000;

/**
 * Ends a process that does not end by itself. `process.exit` waits for reads that block, as of a named pipe that
 * nobody writes to; the signal that stopped the run, left to the system, does not.
 */
function end(code: ExitCode): void {
  if (code === ExitCode.interrupted) process.kill(process.pid, "SIGINT");
  else if (code === ExitCode.terminated) process.kill(process.pid, "SIGTERM");
  else process.exit();
}

/** Runs the program as this process. */
export async function start(environment: Environment): Promise<void> {
  const code = await run(process.argv.slice(2), environment);
  process.exitCode = code;
  setTimeout(end, GRACE_MS, code).unref();
}
