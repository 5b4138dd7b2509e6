/** Lets so many tasks run side by side and keeps further ones waiting, so that what is streamed is never held whole. */
export class Lanes {
  private free: number;
  private readonly waiting: (() => void)[] = [];
  private failure: { readonly reason: unknown } | undefined;

  constructor(private readonly size: number) {
    this.free = size;
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /** Resolves when the task has begun. A task that fails is told by `finish`. */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.free === 0) await this.turn();
    this.free -= 1;
    void task()
      .catch((reason: unknown) => {
        this.failure ??= { reason };
      })
      .finally(() => {
        this.free += 1;
        this.waiting.shift()?.();
      });
  }

  /** Resolves when all tasks are over; rejects with the first failure. */
  async finish(): Promise<void> {
    while (this.free < this.size) await this.turn();
    if (this.failure !== undefined) throw this.failure.reason;
  }

  private turn(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** The outcomes of `work` for all items in their order, so many at a time. Rejects with the first failure when all are over. */
export async function mapSideBySide<Item, Outcome>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Outcome>,
): Promise<Outcome[]> {
  if (items.length <= size) return Promise.all(items.map(work));
  const outcomes: Outcome[] = [];
  const lanes = new Lanes(size);
  for (const [index, item] of items.entries()) {
    await lanes.start(async () => {
      outcomes[index] = await work(item);
    });
  }
  await lanes.finish();
  return outcomes;
}
