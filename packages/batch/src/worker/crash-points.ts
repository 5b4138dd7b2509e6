/**
 * The moments between two effects of a worker, in the order in which a page comes by them. A process that dies at any of them loses
 * nothing and pays for nothing twice: tests kill it at each.
 */
export const CRASH_POINTS = [
  /** The step keys are reserved, durably; nothing is sent. */
  "batch-reserved",
  "before-submit",
  /** The provider has answered, and only this process knows. */
  "after-submit",
  "submission-recorded",
  /** The items that wait for a batch are given back; the batch itself is still in hands. */
  "items-released",
  "batch-released",
  /** A look-up has found a batch. */
  "batch-adopted",
  "candidate-recorded",
  "candidate-ruled-out",
  /** It is on record since when the results of a batch are read in vain. */
  "results-wanting",
  /** One completion is in the memo. */
  "result-remembered",
  /** All completions of a batch are in the memo; its keys are not free yet. */
  "batch-collected",
  "items-woken",
  "batch-closed",
  /** A failure that shows only in the answer is noted. */
  "failure-noted",
  "summary-written",
  "item-completed",
  "item-dead-lettered",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];
