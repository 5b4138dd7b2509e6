import type { StoreError } from "@gro/queue";
import type { Tokenizer, Warning } from "@gro/summarizer";
import type { Turns } from "@gro/summarizer/executor";
import type { HeldBatches } from "../tend/held-batches.js";
import type { CrashPoint } from "./crash-points.js";
import type { Leases } from "./leases.js";
import type { PaidAnswers } from "./paid-answers.js";
import type { Providers } from "./providers.js";
import type { RecentNames } from "./recent-names.js";
import type { Schedule } from "./schedule.js";
import type { StoreTime } from "./store-time.js";
import type { TickCounts } from "./tick-report.js";
import type { BatchWorkerEvents } from "./worker-events.js";
import type { WorkerSettings } from "./worker-settings.js";

/** What all parts of one worker share. */
export interface WorkerParts {
  readonly settings: WorkerSettings;
  readonly providers: Providers;
  readonly leases: Leases;
  readonly schedule: Schedule;
  /** What time it is for all who share the store. `settings.clock` is for what this worker has for itself alone. */
  readonly storeTime: StoreTime;
  /** Batches that run in this process. */
  readonly held: HeldBatches;
  /** Batches of the provider that this worker has finished with, so that a look-up does not take them for others. */
  readonly finishedIds: RecentNames;
  /** Providers whose held back items were called when this worker started. */
  readonly calledHeldBack: Set<string>;
  /** Batches whose early end was asked for. */
  readonly canceledRefs: RecentNames;
  /** What was paid for and is in no summary yet. */
  readonly paidAnswers: PaidAnswers;
  /** Aborts when the worker is to stop. */
  readonly stopping: AbortSignal;
  tell<Name extends keyof BatchWorkerEvents>(name: Name, ...event: BatchWorkerEvents[Name]): void;
  /** Tells of something that failed and that the worker goes on without. */
  tellError(doing: string, error: unknown, about?: { readonly ref?: string; readonly pageId?: string }): void;
  point(name: CrashPoint): Promise<void>;
}

/** One look at everything. */
export interface Tick extends WorkerParts {
  readonly tokenizer: Tokenizer;
  /** What every summary of this worker should know, such as a tokenizer that could not be loaded. */
  readonly warnings: readonly Warning[];
  readonly counts: TickCounts;
  readonly turns: Turns;
  /** Set when the store was found to have no page at all: then nothing more is taken up, and the look ends with this error. */
  readonly pages: { trouble: StoreError | undefined };
}
