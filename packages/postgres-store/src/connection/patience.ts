import { busy } from "../errors/store-errors.js";

/**
 * How long. A transaction that puts a page into the queue takes some milliseconds, one that brings thousands some hundred; who waits for longer ones
 * keeps everything else waiting. Pages are written one by one, items are finished together.
 */
export const LONGEST_MS = { page: 500, items: 2_000 } as const;

/** What waiting needs. */
export interface Waiting {
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Waits a little, longer with each try. */
  readonly pause: (tries: number) => Promise<void>;
}

/**
 * Waits for a row that somebody's transaction is busy with, by looking again. A statement that waits in the server holds a connection, and goes
 * on waiting there when nobody wants its answer any more.
 */
export class Patience {
  readonly #began: number;
  #tries = 0;

  /** @param doing for example "complete items" */
  constructor(
    private readonly doing: string,
    private readonly longestMs: number,
    private readonly waiting: Waiting,
  ) {
    this.#began = waiting.elapsed();
  }

  /** Resolves when it is worth looking again. @throws StoreError `store_failed`, for later, when that has taken too long */
  async wait(): Promise<void> {
    if (this.waiting.elapsed() - this.#began >= this.longestMs) throw busy(this.doing);
    this.#tries += 1;
    await this.waiting.pause(this.#tries);
  }
}
