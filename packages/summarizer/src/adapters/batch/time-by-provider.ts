/** No provider works on a batch for longer: what is older has ended, and been read or given up. In milliseconds. */
const LONGEST_BATCH_MS = 25 * 3_600_000;

/** A moment, and what time it is now by the same clock, in milliseconds since the epoch. */
export interface TimeOfIntent {
  readonly since: number;
  readonly now?: number | undefined;
}

/**
 * The same moment by the clock of the provider, which is that of its batches' times: as long ago as it is by ours. A clock that was set back
 * meanwhile does not tell how long ago that is; then it is the time before which no batch matters. Where the answer or the caller
 * does not say what time it is, both clocks are taken for one.
 *
 * @param date the header of the provider's answer
 */
export function timeByProvider({ since, now }: TimeOfIntent, date: string | null): number {
  const providersNow = Date.parse(date ?? "");
  if (now === undefined || Number.isNaN(providersNow)) return since;
  return providersNow - (now < since ? LONGEST_BATCH_MS : now - since);
}
