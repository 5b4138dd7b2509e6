/// <reference lib="esnext.disposable" />
import { EventEmitter } from "eventemitter3";
import { prepareTokenizer, reasonOf } from "@gro/summarizer/executor";
import { HeldBatches } from "../tend/held-batches.js";
import { codeOf, mayPass } from "./describe-error.js";
import { drain, type DrainReport } from "./drain.js";
import { Leases } from "./leases.js";
import { PaidAnswers } from "./paid-answers.js";
import { Providers } from "./providers.js";
import { RecentNames } from "./recent-names.js";
import { endHeldBatches, runTick, type ReadyForTicks } from "./run-tick.js";
import { Schedule } from "./schedule.js";
import { StoreTime } from "./store-time.js";
import type { TickReport } from "./tick-report.js";
import type { BatchWorkerEvents } from "./worker-events.js";
import type { BatchWorkerOptions } from "./worker-options.js";
import type { WorkerParts } from "./worker-parts.js";
import { WorkerStoppedError } from "./worker-stopped-error.js";
import { resolveWorkerOptions, type WorkerSettings } from "./worker-settings.js";

/** The part of the emitter that the worker itself uses. */
interface EventSink {
  emit<Name extends keyof BatchWorkerEvents>(name: Name, ...event: BatchWorkerEvents[Name]): unknown;
}

const FIRST_WAIT_MS = 1_000;

/**
 * Summarizes queued pages through a batch API, their whole trees, at half price and hours later.
 *
 *   idle ──start──▶ running ──stop──▶ stopping ──what is being written is written──▶ stopped
 *     └──────────────────────stop────────▲
 *
 * It keeps nothing that the store does not have: several workers share one store, and any of them goes on where another was killed.
 */
export class BatchWorker {
  /** Tells what happens. A listener that throws harms nothing. */
  readonly events = new EventEmitter<BatchWorkerEvents>();
  private readonly settings: WorkerSettings;
  private readonly parts: WorkerParts;
  private readonly stopSignal = new AbortController();
  private ready: Promise<ReadyForTicks> | undefined;
  private ticking: Promise<TickReport> | undefined;
  private running: Promise<unknown> | undefined;
  private stopped: Promise<void> | undefined;
  private unwatchQueue: (() => void) | undefined;

  /** @throws InvalidOptionError that names the option, the value and what is allowed. */
  constructor(options: BatchWorkerOptions) {
    this.settings = resolveWorkerOptions(options);
    this.parts = this.makeParts();
    const { signal } = this.settings;
    const stop = () => void this.stop();
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  }

  /**
   * Begins to tick, at once and then whenever something is due. Calling it again, or after `stop`, does nothing. While the store
   * fails it tries again, ever more seldom, and tells it as `error`: with `isRetryable: false` somebody has to mend the store.
   */
  start(): void {
    if (this.running !== undefined || this.stopped !== undefined) return;
    this.watchQueue();
    this.running = this.keepTicking();
  }

  /**
   * Looks at everything once: tends the batches that are due, takes every claimable item as far as it goes, and submits what is to be
   * asked. With more items than it comes to within `batchPollIntervalMs` it ends, so that batches are not forgotten over them, and the next tick
   * goes on. There is never more than one tick at a time: a second call gets the first one's report.
   * @throws WorkerStoppedError after `stop`.
   * @throws what the store throws when it cannot be claimed from; a single page's or batch's trouble is an event.
   * @throws StoreError `store_failed` when pages are queued and the store has not a single one: nothing is given up for that.
   */
  async tick(): Promise<TickReport> {
    if (this.stopped !== undefined) throw new WorkerStoppedError();
    this.ticking ??= this.tickOnce().finally(() => {
      this.ticking = undefined;
    });
    return this.ticking;
  }

  /**
   * Ticks until nothing is queued and no batch is out, and says what was done. Items that other workers have are waited for.
   * @throws what the store throws when it goes on failing
   */
  async drain(): Promise<DrainReport> {
    this.watchQueue();
    const drained = drain(this.parts, () => this.tick()).finally(() => this.unwatchQueue?.());
    this.running ??= drained.catch(() => undefined);
    return drained;
  }

  /**
   * Stops: takes up nothing more, finishes what it is writing and gives back what it has in hands. Batches that are out stay out, and are
   * found by whoever comes next; what runs in this process ends with the calls under way. Resolves when all that is done.
   */
  stop(): Promise<void> {
    this.stopped ??= this.stopOnce();
    return this.stopped;
  }

  /** The same as `stop`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Where the store tells of new items, they need not wait for the next look. */
  private watchQueue(): void {
    const { queue } = this.settings.store;
    this.unwatchQueue ??= queue.onClaimable?.(() => this.parts.schedule.nudge());
  }

  private async stopOnce(): Promise<void> {
    this.unwatchQueue?.();
    this.stopSignal.abort();
    await Promise.allSettled([this.ticking, this.running]);
    if (this.parts.held.all().length > 0) await endHeldBatches(this.parts, await this.prepare());
  }

  private async tickOnce(): Promise<TickReport> {
    return runTick(this.parts, await this.prepare());
  }

  private prepare(): Promise<ReadyForTicks> {
    this.ready ??= prepareTokenizer(this.settings.tokenizer, undefined).then(({ tokenizer, warning }) => ({
      tokenizer,
      warnings: warning === undefined ? [] : [warning],
    }));
    return this.ready;
  }

  private async keepTicking(): Promise<void> {
    const { pollIntervalMs } = this.settings;
    const { schedule } = this.parts;
    const { signal } = this.stopSignal;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.tick();
        failures = 0;
        await schedule.sleep(pollIntervalMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.parts.tellError("looking at the store", error);
        failures += 1;
        const waitMs = Math.min(
          Math.max(pollIntervalMs, FIRST_WAIT_MS),
          FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20),
        );
        await this.settings.clock.sleep(waitMs, signal).catch(() => undefined);
      }
    }
  }

  private makeParts(): WorkerParts {
    const { settings, events } = this;
    const { store, clock, leaseMs, onPoint } = settings;
    const sink: EventSink = events;
    const tell: WorkerParts["tell"] = (name, ...event) => {
      try {
        sink.emit(name, ...event);
      } catch {
        // A listener's trouble is not the worker's: what it does costs money.
      }
    };
    const tellError: WorkerParts["tellError"] = (doing, error, about = {}) =>
      tell("error", {
        doing,
        message: reasonOf(error),
        code: codeOf(error),
        isRetryable: mayPass(error),
        ...about,
      });
    return {
      settings,
      providers: new Providers(settings),
      leases: new Leases(store, clock, leaseMs, (error) => tellError("prolonging leases", error)),
      schedule: new Schedule(clock),
      storeTime: new StoreTime(clock, leaseMs),
      held: new HeldBatches(),
      finishedIds: new RecentNames(),
      canceledRefs: new RecentNames(),
      paidAnswers: new PaidAnswers(),
      calledHeldBack: new Set(),
      stopping: this.stopSignal.signal,
      tell,
      tellError,
      point: async (name) => {
        await onPoint(name);
      },
    };
  }
}
