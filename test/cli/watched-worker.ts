import { startWorkerProcess, type WorkerProcessOptions } from "@gro/cli";
import { onTestFinished } from "vitest";
import type { QueueScene } from "./queue-scene.js";

/** Runs this as JavaScript in place of the worker. */
export function script(source: string): readonly string[] {
  return [process.execPath, "-e", source, "--"];
}

/** A worker's process with all that it has told. It is stopped at the end of the test. */
export function startWatched(
  { queuePath, pagesDir }: Pick<QueueScene, "queuePath" | "pagesDir">,
  options: Partial<WorkerProcessOptions> = {},
) {
  const worker = startWorkerProcess({ queuePath, pagesDir, ...options });
  onTestFinished(() => worker.stop());
  const told: { name: string; event: unknown }[] = [];
  const note = (name: string) => (event?: unknown) => told.push({ name, event });
  for (const name of ["started", "worker", "said", "died", "gaveUp", "stopped"] as const) {
    worker.events.on(name, note(name));
  }
  const named = (name: string) => told.filter((one) => one.name === name).map(({ event }) => event);
  return { worker, told, named };
}
