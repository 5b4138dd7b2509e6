import type { BatchRecord } from "@gro/queue";
import type { Completion } from "@gro/summarizer";
import { Lanes } from "../worker/lanes.js";
import type { Tick } from "../worker/worker-parts.js";
import type { ResultTally } from "./result-tally.js";

/** So many keys are asked about at a time: enough to share a look into the ledger, few enough to hold their completions. */
const KEYS_AT_ONCE = 256;

/**
 * Answers that a batch which was opened again holds for requests that nobody has retried yet. They are paid for, and lost if the results
 * can never be read again; so those that the ledger knows to lie in this batch go into the memo as well, and their retry is free.
 */
export class OthersAnswers {
  private gathered = new Map<string, Completion>();
  /** One at a time: what is gathered is all that is held. */
  private readonly lane = new Lanes(1);

  constructor(
    private readonly tick: Tick,
    private readonly batch: BatchRecord,
    private readonly batchId: string,
    private readonly tally: ResultTally,
  ) {}

  /** Takes the completion of a request that the record does not hold. */
  async take(key: string, completion: Completion): Promise<void> {
    this.gathered.set(key, completion);
    if (this.gathered.size >= KEYS_AT_ONCE) await this.handOver();
  }

  /** Resolves when all is stored. Rejects when the ledger or the memo fails. */
  async finish(): Promise<void> {
    await this.handOver();
    await this.lane.finish();
  }

  private async handOver(): Promise<void> {
    const answers = this.gathered;
    this.gathered = new Map();
    if (answers.size > 0) await this.lane.start(() => this.store(answers));
  }

  private async store(answers: ReadonlyMap<string, Completion>): Promise<void> {
    const { memo, ledger } = this.tick.settings.store;
    const histories = await ledger.failuresOf([...answers.keys()]);
    const writes: Promise<void>[] = [];
    for (const [key, { failure }] of histories) {
      const completion = answers.get(key);
      const { unread } = failure;
      const isHere = unread?.batchId === this.batchId && unread.provider === this.batch.provider;
      if (completion === undefined || !isHere || !this.tally.adopt(key, completion)) continue;
      writes.push(memo.set(key, completion));
    }
    // All of them, before any failure is told.
    const outcomes = await Promise.allSettled(writes);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    if (writes.length > 0) await this.tick.point("result-remembered");
  }
}
