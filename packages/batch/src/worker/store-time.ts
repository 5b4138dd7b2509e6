import type { Clock } from "@gro/summarizer";

/** A claim of an item or a batch, as far as it tells the time. */
interface TellsTime {
  readonly leaseEndsAt: number;
}

/**
 * What time it is by the store's clock. Workers on several machines share what the store holds, and their own clocks may be wrong by an hour
 * against each other: so every time that is kept in the store, or compared with one that is, is the store's. It is told by claims: a lease
 * ends `leaseMs` after the store gave it. Times in milliseconds since the epoch.
 */
export class StoreTime {
  private aheadMs = 0;

  constructor(
    private readonly clock: Pick<Clock, "now">,
    private readonly leaseMs: number,
  ) {}

  /** The time by the latest claim and what has passed since by this worker's own clock; that one's own time before any claim. */
  now(): number {
    return this.clock.now() + this.aheadMs;
  }

  /**
   * When the store gave a claim, by the store's clock alone. Whether a grace is over is asked of this moment: whatever happens to a
   * worker's own clock while it has the batch in hands, no grace ends by it.
   */
  claimedAt({ leaseEndsAt }: TellsTime): number {
    return leaseEndsAt - this.leaseMs;
  }

  /** Asks the store for claims of `leaseMs`, and learns the time from one of those that it answers. */
  async learnFrom<Answer>(
    ask: () => Promise<Answer>,
    oneOf: (answer: Answer) => TellsTime | null | undefined,
  ): Promise<Answer> {
    const askedAt = this.clock.now();
    const answer = await ask();
    const claim = oneOf(answer);
    if (claim) this.learn(this.claimedAt(claim), askedAt, this.clock.now());
    return answer;
  }

  /** The store told `time` somewhere between two moments of this worker's. */
  private learn(time: number, askedAt: number, answeredAt: number): void {
    // As far as anybody can tell, both clocks are the same, as on one machine.
    const isSame = askedAt <= time && time <= answeredAt;
    // Otherwise rather a little late: a grace that is noted then is too long by the length of a call, and never too short.
    this.aheadMs = isSame ? 0 : time - Math.min(askedAt, answeredAt);
  }
}
