import { wholeNumber } from "@gro/summarizer/executor";

const HOUR_MS = 3_600_000;

/** Providers answer a batch within 24 hours. Half of that again is for workers to come to it. */
const LONGEST_ROUND_MS = 36 * HOUR_MS;

/**
 * A memo that forgets counts a completion as set anew when it is read at a later age than this, in milliseconds: 36 hours. Workers read
 * what a page has so far each time that they look at it, every half hour while a batch of it is out. So nothing goes that a page under way
 * needs, also where it has more rounds than the memo remembers days. The same for all retentions: stores of one memo may have different
 * ones, and whichever clears away goes by its own.
 */
export const RENEW_WHEN_READ_AFTER_MS = LONGEST_ROUND_MS;

/**
 * How long a memo keeps completions, checked. The least is 3 days: what was read a moment before it would have been renewed is still
 * there 36 hours later, when the longest round is over.
 *
 * @param given in milliseconds; `undefined` for 30 days
 * @throws InvalidOptionError
 */
export function memoRetentionOf(given: unknown = 30 * 24 * HOUR_MS): number {
  return wholeNumber("memoRetentionMs", given, RENEW_WHEN_READ_AFTER_MS + LONGEST_ROUND_MS);
}
