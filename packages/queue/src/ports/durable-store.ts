import type { Clock, Memo } from "@gro/summarizer";
import type { BatchLedger } from "./batch-ledger.js";
import type { PageStore } from "./page-store.js";
import type { QueueStore } from "./queue-store.js";

/** Everything that hosts and workers share. Each part can be replaced by another that keeps its port's promises. */
export interface DurableStore {
  readonly queue: QueueStore;
  readonly pages: PageStore;
  readonly memo: Memo;
  readonly ledger: BatchLedger;
}

/** What stores take from outside, so that tests can pass it by hand. */
export interface StoreEnvironment {
  /** Tells the time of leases and delays. @default the machine's clock */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /** Makes tokens of claims: never the same twice, in no process. @default `crypto.randomUUID` */
  readonly randomId?: (() => string) | undefined;
}
