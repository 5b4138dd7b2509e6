import { EventEmitter } from "node:events";
import { resolveWorkerProcessOptions } from "./resolve-worker-process-options.js";
import { runProcess } from "./run-process.js";
import { afterDeath, type Death } from "./restart-policy.js";
import type { WorkerLine, WorkerProcessEnd, WorkerProcessEvents } from "./worker-process-events.js";
import type { WorkerProcessOptions, WorkerProcessSettings } from "./worker-process-options.js";

/**
 * A worker in a process of its own, which is started again when it dies.
 *
 *   running ──dies──▶ waiting ──▶ running …
 *      │        └──too often in a row, or for good──▶ gave up
 *      └──stop, or the end of this process──▶ stopped
 *
 * The process ends when its standard input does. This process holds the other end and never writes: however it ends, by SIGKILL too,
 * the system closes it, and the worker gives back what it has in hands.
 */
export class WorkerProcess {
  /** Tells what happens. A listener that throws harms nothing. */
  readonly events = new EventEmitter<WorkerProcessEvents>();
  /** Resolves when it is not started any more. Never rejects. */
  readonly ended: Promise<WorkerProcessEnd>;
  readonly #settings: WorkerProcessSettings;
  readonly #stopping = new AbortController();
  #pid: number | undefined;

  /** @throws InvalidOptionError */
  constructor(options: WorkerProcessOptions) {
    this.#settings = resolveWorkerProcessOptions(options);
    const { signal } = this.#settings;
    const stop = () => void this.stop();
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    // Not before the host could listen.
    this.ended = Promise.resolve()
      .then(() => this.#keepRunning())
      .finally(() => signal?.removeEventListener("abort", stop));
  }

  /** The process that runs now; `undefined` between two of them, and in the end. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /**
   * Lets the worker finish what it is writing and give back what it has in hands. Batches that are out stay out, and are found by whoever comes
   * next. One that takes longer than `stopWithinMs` is killed, with what it has started. Resolves when the process is gone, and at the latest a
   * second after `stopWithinMs`.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended;
  }

  /** The same as `stop`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #keepRunning(): Promise<WorkerProcessEnd> {
    const { clock, limits } = this.#settings;
    const { signal } = this.#stopping;
    let inARow = 0;
    while (!signal.aborted) {
      const startedAt = clock.now();
      const death = await this.#runOnce();
      if (signal.aborted) break;
      inARow = clock.now() - startedAt >= limits.steadyAfterMs ? 0 : inARow + 1;
      const next = afterDeath(death, inARow, limits);
      this.#tell("died", { ...death, restartInMs: next.kind === "restart" ? next.inMs : null });
      if (next.kind === "give-up") {
        const { reason } = next;
        this.#tell("gaveUp", { reason });
        return { kind: "gave-up", reason };
      }
      await clock.sleep(next.inMs, signal).catch(() => undefined);
    }
    this.#tell("stopped");
    return { kind: "stopped" };
  }

  /** Never rejects. */
  #runOnce(): Promise<Death> {
    return runProcess(this.#settings, this.#stopping.signal, {
      onStart: (pid) => {
        this.#pid = pid;
        this.#tell("started", { pid });
      },
      onLine: (line) => this.#hear(line),
      onWords: (text) => this.#tell("said", { text }),
      onExit: () => {
        this.#pid = undefined;
      },
    });
  }

  #hear(line: string): void {
    const told = workerLine(line);
    if (told !== undefined) this.#tell("worker", told);
  }

  #tell<Name extends keyof WorkerProcessEvents>(name: Name, ...event: WorkerProcessEvents[Name]): void {
    const { events }: { events: EventSink } = this;
    try {
      events.emit(name, ...event);
    } catch {
      // A listener's trouble is not the worker's.
    }
  }
}

/** The part of the emitter that is used here. */
interface EventSink {
  emit<Name extends keyof WorkerProcessEvents>(name: Name, ...event: WorkerProcessEvents[Name]): unknown;
}

function workerLine(line: string): WorkerLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
    const { event, at } = fields;
    return typeof event === "string" && typeof at === "string" ? { ...fields, event, at } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Starts a worker as a process of its own: the model's answers, and the counting of large pages, then take nothing from the host. It is started
 * again when it dies, ends with this process however that ends, and gets its key by its environment alone.
 *
 * @throws InvalidOptionError that names the option, the value and what is allowed
 */
export function startWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  return new WorkerProcess(options);
}
