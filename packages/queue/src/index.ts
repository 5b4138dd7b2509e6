export type { Page, PageSummary, SummaryMeta } from "./page.js";
export { isPageId } from "./page.js";
export { checkPageId } from "./check-page-id.js";
export { contentHash, itemIdOf } from "./content-hash.js";
export { plainCopy } from "./plain-copy.js";
export { checkItems, queueItemOf } from "./queue-item.js";
export { isFromAhead, mayBeFromAhead } from "./clock-set-back.js";
export { claimRequestOf } from "./claim-request.js";
export {
  claimTokensOf,
  deadLetterReasonOf,
  itemIdsOf,
  releaseOptionsOf,
  wakeNameOf,
} from "./arguments/queue-arguments.js";
export {
  batchChangeOf,
  batchIntentOf,
  batchTokenOf,
  claimBatchesRequestOf,
  keyFailuresOf,
  stepKeysOf,
} from "./arguments/ledger-arguments.js";
export { completionFrom, completionOf, memoKeyOf } from "./arguments/memo-arguments.js";
export { memoRetentionOf, RENEW_WHEN_READ_AFTER_MS } from "./memo-retention.js";
export type { SummaryRequest } from "./summary-request.js";
export { StoreError, type StoreErrorCode, type StoreErrorDetails } from "./errors/store-error.js";
export type {
  Claim,
  ClaimOutcome,
  ClaimRequest,
  ClaimToken,
  DeadLetter,
  DeadLetterReason,
  EnqueueOutcome,
  NewQueueItem,
  QueueItem,
  QueueStats,
  QueueStore,
  ReleaseOptions,
} from "./ports/queue-store.js";
export type { PageStore, ReadPage, WriteOutcome } from "./ports/page-store.js";
export type {
  BatchChange,
  BatchClaim,
  BatchIntent,
  BatchLedger,
  BatchRecord,
  BatchToken,
  ClaimBatchesRequest,
  KeyFailure,
  KeyHistory,
  Reservation,
  Submission,
  UnreadBatch,
} from "./ports/batch-ledger.js";
export type { DurableStore, StoreEnvironment } from "./ports/durable-store.js";

export { memoryStore } from "./memory/memory-store.js";
export { memoryQueueStore } from "./memory/memory-queue-store.js";
export { memoryPageStore } from "./memory/memory-page-store.js";
export { memoryBatchLedger } from "./memory/memory-batch-ledger.js";

export { ownText, summaryToKeep, textToSend } from "./tagged-lines/page-text.js";
export {
  filledLinesOf,
  importantLinesOf,
  linesOf,
  untagged,
  withoutEphemeral,
  withoutTagged,
  type LineAt,
} from "./tagged-lines/tagged-lines.js";

export { enqueuePages } from "./enqueue-pages.js";
export type { EnqueuedPage, PageIntake } from "./page-items.js";
export { enqueueStored, type EnqueueStoredOutcome, type PageNotEnqueued } from "./enqueue-stored.js";
