import { busy } from "../errors/store-errors.js";

/** A transaction that puts a page into the queue takes some milliseconds; who waits for longer ones keeps everything else waiting. */
const LONGEST_MS = 500;

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
    private readonly waiting: Waiting,
  ) {
    this.#began = waiting.elapsed();
  }

  /** Resolves when it is worth looking again. @throws StoreError `store_failed`, for later, when that has taken too long */
  async wait(): Promise<void> {
    if (this.waiting.elapsed() - this.#began >= LONGEST_MS) throw busy(this.doing);
    this.#tries += 1;
    await this.waiting.pause(this.#tries);
  }
}
