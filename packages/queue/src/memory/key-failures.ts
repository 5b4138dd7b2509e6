import { plainCopy } from "../plain-copy.js";
import type { KeyFailure, KeyHistory } from "../ports/batch-ledger.js";

interface Failures {
  last: KeyFailure;
  failedAt: number;
  readonly counts: Map<string, number>;
}

/** What went wrong with step keys, until it is forgiven. */
export class KeyFailures {
  readonly #byKey = new Map<string, Failures>();

  /** @param failedAt milliseconds since the epoch */
  note(failures: readonly KeyFailure[], failedAt: number): void {
    for (const { key, kind, message, unread } of failures) {
      const last = { key, kind, message, ...(unread !== undefined && { unread: { ...unread } }) };
      const known = this.#byKey.get(key) ?? { last, failedAt, counts: new Map<string, number>() };
      known.last = last;
      known.failedAt = failedAt;
      known.counts.set(kind, (known.counts.get(kind) ?? 0) + 1);
      this.#byKey.set(key, known);
    }
  }

  of(keys: readonly string[]): ReadonlyMap<string, KeyHistory> {
    const histories = new Map<string, KeyHistory>();
    for (const key of keys) {
      const known = this.#byKey.get(key);
      if (known === undefined) continue;
      const { last, failedAt, counts } = known;
      histories.set(key, { failure: plainCopy(last), failedAt, counts: Object.fromEntries(counts) });
    }
    return histories;
  }

  forget(keys: readonly string[]): void {
    for (const key of keys) this.#byKey.delete(key);
  }
}
