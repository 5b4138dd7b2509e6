/** What one look at everything has done. */
export interface TickReport {
  /** Items that were looked at. */
  readonly claimed: number;
  /** Pages that got their summaries. One whose summary was there already is not among them. */
  readonly summarized: number;
  readonly deadLettered: number;
  readonly batchesSubmitted: number;
  readonly requestsSubmitted: number;
  readonly batchesCollected: number;
  /** Completions that came with collected batches. */
  readonly resultsRemembered: number;
  /** Failures that the worker went on without; each was told by an event. */
  readonly errors: number;
}

/** The same while it is being counted. */
export type TickCounts = { -readonly [Name in keyof TickReport]: TickReport[Name] };

export function nothingCounted(): TickCounts {
  return {
    claimed: 0,
    summarized: 0,
    deadLettered: 0,
    batchesSubmitted: 0,
    requestsSubmitted: 0,
    batchesCollected: 0,
    resultsRemembered: 0,
    errors: 0,
  };
}

/** Adds `more` to `sum`. */
export function addCounts(sum: TickCounts, more: TickReport): void {
  sum.claimed += more.claimed;
  sum.summarized += more.summarized;
  sum.deadLettered += more.deadLettered;
  sum.batchesSubmitted += more.batchesSubmitted;
  sum.requestsSubmitted += more.requestsSubmitted;
  sum.batchesCollected += more.batchesCollected;
  sum.resultsRemembered += more.resultsRemembered;
  sum.errors += more.errors;
}
