import { InvalidOptionError, type Clock } from "@gro/summarizer";
import { reasonOf } from "@gro/summarizer/executor";
import { Backoff } from "./backoff.js";
import type { RunningWorker } from "./options/virtual-memory-options.js";
import type { Teller } from "./teller.js";

/** How long a worker that has ended by itself is left alone, in milliseconds: it has tried again and again before. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** One that has run so long has not ended for what was wrong in the beginning. */
const STEADY_AFTER_MS = 10 * 60_000;

/** Why a worker has ended, as far as it says so: a `WorkerProcess` does. */
function reasonOfEnd(end: unknown): string {
  const reason: unknown = typeof end === "object" && end !== null ? Reflect.get(end, "reason") : undefined;
  return typeof reason === "string" && reason !== "" ? reason : "it does not say why";
}

/**
 * The worker that a memory starts when there is something to do for it, and stops when it is closed.
 *
 *   none ──start──▶ running ──stop──▶ none
 *                      └──ends by itself──▶ waiting ──the wait is over, and a page waits──▶ running
 */
export class OwnWorker {
  readonly #start: () => RunningWorker | Promise<RunningWorker>;
  readonly #teller: Teller;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS);
  #running: Promise<RunningWorker> | undefined;

  constructor(start: () => RunningWorker | Promise<RunningWorker>, teller: Teller, clock: Clock) {
    this.#start = start;
    this.#teller = teller;
    this.#clock = clock;
  }

  /**
   * Does nothing when it runs already, or has just ended by itself. Never rejects: what could not be started is tried again with the next
   * call.
   */
  async start(): Promise<void> {
    if (this.#running === undefined && this.#backoff.isWaiting(this.#clock.now())) return;
    this.#running ??= this.#startOne();
    try {
      await this.#running;
    } catch (error) {
      this.#running = undefined;
      this.#teller.warn("worker_failed", `The worker could not be started: ${reasonOf(error)}`);
    }
  }

  #startOne(): Promise<RunningWorker> {
    const startedAt = this.#clock.now();
    const running = Promise.resolve().then(async () => {
      const worker = await this.#start();
      if (typeof worker?.stop !== "function") {
        throw new InvalidOptionError("startWorker()", worker, "a worker with stop()");
      }
      const hasEnded = (reason: string) => this.#hasEnded(running, startedAt, reason);
      void worker.ended?.then(
        (end) => hasEnded(reasonOfEnd(end)),
        (error: unknown) => hasEnded(reasonOf(error)),
      );
      return worker;
    });
    return running;
  }

  /** Not when it was stopped: then it is none of ours any more. */
  #hasEnded(running: Promise<RunningWorker>, startedAt: number, reason: string): void {
    if (this.#running !== running) return;
    this.#running = undefined;
    const now = this.#clock.now();
    if (now - startedAt >= STEADY_AFTER_MS) this.#backoff.succeeded();
    this.#backoff.failed(now);
    this.#teller.warn("worker_failed", `The worker has ended by itself: ${reason}`);
  }

  /** Resolves when it has ended. Never rejects. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#backoff.succeeded();
    try {
      await (await running)?.stop();
    } catch (error) {
      this.#teller.warn("worker_failed", `The worker could not be stopped: ${reasonOf(error)}`);
    }
  }
}
