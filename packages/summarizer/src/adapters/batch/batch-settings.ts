import { systemClock } from "../../execute/system-clock.js";
import { wholeNumber } from "../../options/check-value.js";
import type { Clock } from "../../ports/clock.js";

/** What every provider of batches lets its user set. */
export interface BatchSettingsOptions {
  /** The most requests in a batch: from 1 to the provider's own limit. @default that limit */
  readonly maxRequests?: number | undefined;
  /** The most bytes of a batch as it is sent: from 1 to the provider's own limit. @default that limit */
  readonly maxBytes?: number | undefined;
  /**
   * How long results can be read after their batch has ended, in milliseconds: from 0. For so long what is paid for and was not read is
   * read again, when somebody retries its page, before it is asked again. @default what the provider promises
   */
  readonly keepsResultsMs?: number | undefined;
  /** How long sending a batch may take, until it is answered, in milliseconds: from 1. @default 600000 */
  readonly submitTimeoutMs?: number | undefined;
  /** How long the answer to a question about batches may take, in milliseconds: from 1. @default 60000 */
  readonly callTimeoutMs?: number | undefined;
  /** How long results may stay away while they are read, in milliseconds: from 1. @default 120000 */
  readonly silenceTimeoutMs?: number | undefined;
  /** Measures the three above. @default the machine's clock */
  readonly clock?: Clock | undefined;
}

/** The same, checked and complete. */
export interface BatchSettings {
  readonly limits: {
    readonly maxRequests: number;
    readonly maxBytes: number;
    readonly keepsResultsMs: number;
  };
  readonly submitTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly silenceTimeoutMs: number;
  readonly clock: Clock;
}

const DEFAULTS = { submitTimeoutMs: 600_000, callTimeoutMs: 60_000, silenceTimeoutMs: 120_000 };
/** The longest delay of a timer in every runtime. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** @throws InvalidOptionError that names an option out of its range. */
export function resolveBatchSettings(
  options: BatchSettingsOptions,
  limits: BatchSettings["limits"],
): BatchSettings {
  const time = (name: keyof typeof DEFAULTS) =>
    wholeNumber(name, options[name] ?? DEFAULTS[name], 1, LONGEST_TIMER_MS);
  return {
    limits: {
      maxRequests: wholeNumber(
        "maxRequests",
        options.maxRequests ?? limits.maxRequests,
        1,
        limits.maxRequests,
      ),
      maxBytes: wholeNumber("maxBytes", options.maxBytes ?? limits.maxBytes, 1, limits.maxBytes),
      keepsResultsMs: wholeNumber("keepsResultsMs", options.keepsResultsMs ?? limits.keepsResultsMs, 0),
    },
    submitTimeoutMs: time("submitTimeoutMs"),
    callTimeoutMs: time("callTimeoutMs"),
    silenceTimeoutMs: time("silenceTimeoutMs"),
    clock: options.clock ?? systemClock(),
  };
}
