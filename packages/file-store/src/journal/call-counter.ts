/** Knows when all calls have ended. */
export class CallCounter {
  #running = 0;
  #waiting: (() => void)[] = [];

  async count<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when no call is running. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#running === 0) resolve();
      else this.#waiting.push(resolve);
    });
  }
}
