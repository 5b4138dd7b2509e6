import { startWorkerProcess } from "@gro/cli";

/** A host that starts a worker and then goes on with its own life, such as it is. */
const [queuePath = "", pagesDir = "", ...program] = process.argv.slice(2);
const worker = startWorkerProcess({
  ...{ queuePath, pagesDir, provider: "local", pollIntervalMs: 50, batchPollIntervalMs: 50 },
  ...(program.length === 0 ? {} : { program }),
});
worker.events.on("started", ({ pid }) => process.stdout.write(`started ${pid}\n`));
worker.events.on("said", ({ text }) => process.stdout.write(`said ${text}\n`));
// Far longer than any test: nothing but its end ends it.
setTimeout(() => undefined, 600_000);
