import type { KeyFailure, KeyHistory } from "@gro/queue";

/** What a line takes besides the texts of its failure. */
const LINE_WEIGHT = 180;

/** What is known of the failures of step keys. Histories are never changed, only replaced. */
export class KeyFailures {
  /** The latest noted last. */
  readonly #histories = new Map<string, KeyHistory>();
  #weight = 0;

  /** About how many bytes all of it takes in a file. */
  get weight(): number {
    return this.#weight;
  }

  note(failures: readonly KeyFailure[], failedAt: number): void {
    for (const failure of failures) {
      const { key, kind } = failure;
      const known = this.of(key)?.counts;
      const count = known !== undefined && Object.hasOwn(known, kind) ? (known[kind] ?? 0) : 0;
      this.restore({ failure, failedAt, counts: { ...known, [kind]: count + 1 } });
    }
  }

  of(key: string): KeyHistory | undefined {
    return this.#histories.get(key);
  }

  forget(keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#histories.get(key);
      if (known === undefined) continue;
      this.#weight -= weightOf(known);
      this.#histories.delete(key);
    }
  }

  /** Forgets those that were last noted before this time. */
  forgetBefore(time: number): void {
    for (const { failure, failedAt } of this.#histories.values()) {
      if (failedAt >= time) return;
      this.forget([failure.key]);
    }
  }

  contents(): readonly KeyHistory[] {
    return [...this.#histories.values()];
  }

  /** Takes over a history, as the latest. */
  restore(history: KeyHistory): void {
    this.forget([history.failure.key]);
    this.#histories.set(history.failure.key, history);
    this.#weight += weightOf(history);
  }
}

function weightOf({ failure: { message } }: KeyHistory): number {
  return LINE_WEIGHT + message.length;
}
