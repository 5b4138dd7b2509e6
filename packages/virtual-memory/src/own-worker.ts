import { InvalidOptionError } from "@gro/summarizer";
import { reasonOf } from "@gro/summarizer/executor";
import type { RunningWorker } from "./options/virtual-memory-options.js";
import type { Teller } from "./teller.js";

/** The worker that a memory starts when there is something to do for it, and stops when it is closed. */
export class OwnWorker {
  readonly #start: () => RunningWorker | Promise<RunningWorker>;
  readonly #teller: Teller;
  #running: Promise<RunningWorker> | undefined;

  constructor(start: () => RunningWorker | Promise<RunningWorker>, teller: Teller) {
    this.#start = start;
    this.#teller = teller;
  }

  /** Does nothing when it runs already. Never rejects: what could not be started is tried again with the next call. */
  async start(): Promise<void> {
    this.#running ??= Promise.resolve().then(async () => {
      const worker = await this.#start();
      if (typeof worker?.stop === "function") return worker;
      throw new InvalidOptionError("startWorker()", worker, "a worker with stop()");
    });
    try {
      await this.#running;
    } catch (error) {
      this.#running = undefined;
      this.#teller.warn("worker_failed", `The worker could not be started: ${reasonOf(error)}`);
    }
  }

  /** Resolves when it has ended. Never rejects. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    try {
      await (await running)?.stop();
    } catch (error) {
      this.#teller.warn("worker_failed", `The worker could not be stopped: ${reasonOf(error)}`);
    }
  }
}
