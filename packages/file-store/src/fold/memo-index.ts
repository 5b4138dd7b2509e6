/** A file of the journal. */
export interface JournalFile {
  readonly name: string;
  readonly kind: "segment" | "snapshot";
  /** A snapshot holds what the segments up to its number made. */
  readonly number: number;
}

/** Where a line is. */
export interface Place {
  readonly file: JournalFile;
  /** Of its first byte. */
  readonly offset: number;
  /** In bytes, without the newline before it. */
  readonly length: number;
}

/** Where a completion is, and since when. */
export interface MemoEntry extends Place {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Which line holds the completion of a step key. The completions themselves stay in the files. */
export class MemoIndex {
  /** The latest set last. */
  readonly #entries = new Map<string, MemoEntry>();
  #weight = 0;

  /** How many bytes the lines take. */
  get weight(): number {
    return this.#weight;
  }

  get(key: string): MemoEntry | undefined {
    return this.#entries.get(key);
  }

  /** The latest entry of its key. */
  set(entry: MemoEntry): void {
    this.#forget(entry.key);
    this.#entries.set(entry.key, entry);
    this.#weight += entry.length;
  }

  /** The same entry at another place, where it was carried over to. */
  relocate(entry: MemoEntry): void {
    this.#weight += entry.length - (this.#entries.get(entry.key)?.length ?? 0);
    this.#entries.set(entry.key, entry);
  }

  /** Forgets what was set before this time. */
  forgetBefore(time: number): void {
    for (const { key, at } of this.#entries.values()) {
      if (at >= time) return;
      this.#forget(key);
    }
  }

  contents(): readonly MemoEntry[] {
    return [...this.#entries.values()];
  }

  #forget(key: string): void {
    this.#weight -= this.#entries.get(key)?.length ?? 0;
    this.#entries.delete(key);
  }
}
