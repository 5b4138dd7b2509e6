import type { DurableStore, StoreEnvironment } from "../ports/durable-store.js";
import { memoryBatchLedger } from "./memory-batch-ledger.js";
import { memoryMemo } from "./memory-memo.js";
import { memoryPageStore } from "./memory-page-store.js";
import { memoryQueueStore } from "./memory-queue-store.js";

/**
 * All four parts in memory, for tests, for trying things out and for hosts whose work may end with the process. Nothing survives it,
 * so it keeps every promise of a `DurableStore` but the one that gives it the name.
 */
export function memoryStore(environment?: StoreEnvironment): DurableStore {
  return {
    queue: memoryQueueStore(environment),
    pages: memoryPageStore(),
    memo: memoryMemo(),
    ledger: memoryBatchLedger(environment),
  };
}
