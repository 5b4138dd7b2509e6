import { BatchWorker } from "@gro/batch";
import { approximate } from "@gro/summarizer";
import { openStore, providerFrom, readSettings } from "./setup.js";

/** A worker in a hurry, that kills itself where it is told to. */
const settings = readSettings();
const store = openStore(settings);
const { crash } = settings;
let visits = 0;

const worker = new BatchWorker({
  store,
  provider: providerFrom(settings),
  tokenizer: approximate(),
  pollIntervalMs: 40,
  batchPollIntervalMs: 40,
  orphanGraceMs: 1_000,
  leaseMs: 600,
  batchSize: 40,
  parkMs: 2_000,
  maxLapses: 1_000,
  onPoint: async (point) => {
    if (crash?.point !== point) return;
    visits += 1;
    if (visits < crash.visit) return;
    process.kill(process.pid, "SIGKILL");
    // The signal takes a moment to arrive: nothing more may happen till then.
    await new Promise(() => undefined);
  },
});
worker.events.on("error", ({ doing, message }) => process.stderr.write(`${doing}: ${message}\n`));
if (settings.drains === true) {
  await worker.drain();
  await worker.stop();
  await store.close();
} else {
  worker.start();
}
