import { fileURLToPath } from "node:url";

/** The worker as Node runs it. From this folder and from that of the built files it is the same way. */
export function workerProgram(): readonly string[] {
  return [process.execPath, fileURLToPath(new URL("../bin/gro-batch-worker.js", import.meta.url))];
}
