/**
 * How long something that has failed is left alone: twice as long after each failure in a row. Nothing is random in it, as it is the
 * next message that tries again, and messages of many hosts do not come at once.
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;
  #failedAt = 0;
  #waitMs = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  /** @param now milliseconds since the epoch. A clock that was set back ends the wait. */
  isWaiting(now: number): boolean {
    const passed = now - this.#failedAt;
    return passed >= 0 && passed < this.#waitMs;
  }

  /** Whether the last attempt has failed, its wait over or not. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** @param atLeastMs what the other side asks for */
  failed(now: number, atLeastMs = 0): void {
    const growing = this.#firstMs * 2 ** Math.min(this.#failures, 30);
    this.#failures += 1;
    this.#failedAt = now;
    this.#waitMs = Math.max(Math.min(this.#longestMs, growing), atLeastMs);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#waitMs = 0;
  }
}
