export { BatchWorker } from "./worker/batch-worker.js";
export type { BatchDeadline, BatchWorkerOptions, WorkerDefaults } from "./worker/worker-options.js";
export type { TickReport } from "./worker/tick-report.js";
export type { AnswerTokens } from "./worker/paid-answers.js";
export { WorkerStoppedError } from "./worker/worker-stopped-error.js";
export type { DrainReport } from "./worker/drain.js";
export type {
  BatchName,
  BatchWorkerEvents,
  ClosingReason,
  CollectedBatch,
  KnownBatch,
  ResultAnomaly,
  SentBefore,
  WorkerError,
} from "./worker/worker-events.js";
export { CRASH_POINTS, type CrashPoint } from "./worker/crash-points.js";
export { localBatch, type LocalBatchOptions } from "./local/local-batch.js";
export type {
  BatchCounts,
  BatchLimits,
  BatchProvider,
  BatchRequest,
  BatchResult,
  BatchStatus,
  BatchSubmission,
  FoundBatch,
  LookUp,
  ProviderFailure,
  SubmitOutcome,
} from "./ports/batch-provider.js";
