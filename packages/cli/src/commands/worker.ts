import { BatchWorker, type BatchProvider, type BatchWorkerOptions, type DrainReport } from "@gro/batch";
import { memoryStore, type DurableStore } from "@gro/queue";
import type { Arguments } from "../arguments.js";
import { chooseBatchProvider } from "../choose-batch-provider.js";
import { defineCommand } from "../command.js";
import { warnOfVisiblePassword } from "../database-place.js";
import type { Session } from "../environment.js";
import { PROVIDER_VARIABLES } from "../environment-help.js";
import { counted } from "../figures.js";
import { abortsAtEndOf, InputEnded } from "../input-end.js";
import { MessageOutput } from "../message-output.js";
import { expectPagesOf, flagOfPlace, shownPlace, withStore } from "../open-store.js";
import { PartFailure } from "../part-failure.js";
import { figuresSettingsFrom, withFigures } from "../worker-figures.js";
import { WorkerLog } from "../worker-log.js";
import { numberOf, withFlagError } from "./plan-settings.js";
import { warnOfVisibleKey } from "./provider-flags.js";
import { refuseOperands, storePlaceFrom } from "./store-flags.js";
import { WORKER_FLAGS, type WorkerFlag } from "./worker-flags.js";

/** What a store says when it will not work again before it is opened anew. */
const STORE_IS_BROKEN: ReadonlySet<string> = new Set([
  "store_failed",
  "store_corrupt",
  "store_newer_version",
]);

type WorkerSettings = Omit<BatchWorkerOptions, "store" | "signal">;

function settingsFrom(
  given: Arguments<WorkerFlag>,
  session: Session,
  provider: BatchProvider,
): WorkerSettings {
  return {
    provider,
    pollIntervalMs: numberOf(given.text("poll-interval")),
    batchPollIntervalMs: numberOf(given.text("batch-poll-interval")),
    batchSize: numberOf(given.text("batch-size")),
    orphanGraceMs: numberOf(given.text("orphan-grace")),
    clock: session.environment.clock,
  };
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Lets a worker work until the queue is drained. Rejects when it is stopped before, and with what broke the store. */
async function work(
  store: DurableStore,
  settings: WorkerSettings,
  { signal }: Session,
  isDraining: boolean,
  log: WorkerLog,
  follow: (worker: BatchWorker) => void,
): Promise<DrainReport> {
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const worker = new BatchWorker({ ...settings, store, signal: stop });
  follow(worker);
  log.follow(worker);
  worker.events.on("error", ({ code, isRetryable, message }) => {
    // It would go on for ever without getting anywhere; whoever watches over it starts it anew. A page that cannot be read has codes
    // of its own: one that cannot be written says that none can, as on a full disk.
    const isBroken = code !== null && STORE_IS_BROKEN.has(code) && !isRetryable;
    if (isBroken) broken.abort(new Error(message));
  });
  try {
    if (isDraining) {
      const report = await worker.drain();
      if (report.isDrained) return report;
    } else {
      worker.start();
    }
    await aborted(stop);
  } finally {
    await worker.stop();
  }
  throw stop.reason;
}

async function runWorker(given: Arguments<WorkerFlag>, session: Session): Promise<void> {
  const { environment, secrets } = session;
  const output = new MessageOutput(environment.stderr, { secrets });
  refuseOperands("worker", given);
  const place = storePlaceFrom(given, session);
  warnOfVisibleKey(given, output);
  warnOfVisiblePassword(given, output);
  const { provider, notice } = await chooseBatchProvider(given, environment);
  const settings = settingsFrom(given, session, provider);
  const figures = figuresSettingsFrom(given, settings.pollIntervalMs);
  // Finds wrong options before a directory is made.
  new BatchWorker({ ...settings, store: memoryStore() });
  if (notice !== undefined) output.notice(notice);

  const stopping = given.has("until-stdin-ends")
    ? {
        ...session,
        signal: AbortSignal.any([session.signal, abortsAtEndOf(environment.stdin, session.signal)]),
      }
    : session;
  await expectPagesOf(place, session);
  await withStore(place, session, async (store) => {
    const isDraining = given.has("drain");
    const log = new WorkerLog({ environment, output, isJson: given.has("json"), secrets });
    const howLong = isDraining ? " until it is empty" : "";
    try {
      const toldAt = { store, place, settings: figures, output, session };
      const { summarized, deadLettered } = await withFigures(toldAt, (follow) => {
        output.notice(`working on ${shownPlace(place)} with ${provider.modelId}${howLong}.`);
        return work(store, settings, stopping, isDraining, log, follow);
      });
      output.notice(`${counted(summarized, "page")} summarized; nothing is queued any more.`);
      if (deadLettered === 0) return;
      throw new PartFailure(
        `${counted(deadLettered, "page")} got no summary, for the reasons above. When they are mended: ` +
          `gro-summarizer retry ${flagOfPlace(place)}`,
      );
    } catch (error) {
      // Whoever started it wants that: no failure.
      if (!(error instanceof InputEnded)) throw error;
      output.notice(`${error.message}: stopped.`);
    } finally {
      await log.end();
    }
  });
}

export const workerCommand = defineCommand(
  {
    name: "worker",
    operands: "",
    summary: "summarize queued pages through a batch API at half price",
    description: [
      "Takes pages from the queue, runs their whole summary trees through the provider's batch API, and",
      "writes each summary to its page. Any number of workers may share a queue. When one is killed, others",
      "go on where it was, and nothing is paid twice. Without a key an offline model picks sentences.",
      "",
      "SIGTERM and Ctrl-C let it finish what it is writing; the next one finds the batches that are out.",
    ],
    flags: WORKER_FLAGS,
    variables: PROVIDER_VARIABLES,
  },
  async (given, session) => {
    try {
      await runWorker(given, session);
    } catch (error) {
      throw withFlagError(error, given, WORKER_FLAGS);
    }
  },
);
