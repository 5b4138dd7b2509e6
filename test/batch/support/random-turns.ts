/** Lets everything that waits for its turn go on in an order of chance, one at a time. */
export class RandomTurns {
  private readonly waiting: (() => void)[] = [];

  /** @param random numbers in [0, 1), from a seed */
  constructor(private readonly random: () => number) {}

  /** Resolves when it is the caller's turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Gives turns until `work` is over. */
  async until<Outcome>(work: Promise<Outcome>): Promise<Outcome> {
    let isOver = false;
    const end = () => (isOver = true);
    work.then(end, end);
    while (!isOver) {
      // Everything that was let go runs until it waits again.
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.waiting.splice(Math.floor(this.random() * this.waiting.length), 1);
      next?.();
    }
    return work;
  }
}
