import type { CompletionUsage } from "@gro/summarizer";

/** Answers and their tokens. */
export interface AnswerTokens {
  readonly answers: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** So many answers at most are remembered, about 30 MB: a worker may run for years, and some answers are never used. */
const MOST_ANSWERS = 250_000;

/**
 * The answers that this worker has collected and that none of its summaries holds yet, so that what was paid for and not used can be
 * told. For figures alone: nothing is decided by it, and a new process begins with none.
 */
export class PaidAnswers {
  private readonly unused = new Map<string, CompletionUsage>();

  constructor(private readonly most = MOST_ANSWERS) {}

  add(answers: ReadonlyMap<string, CompletionUsage>): void {
    for (const [key, usage] of answers) this.unused.set(key, usage);
    for (const oldest of this.unused.keys()) {
      if (this.unused.size <= this.most) return;
      this.unused.delete(oldest);
    }
  }

  /** A summary was made of these: answers that are used for the first time. */
  use(keys: readonly string[]): AnswerTokens {
    const sum = { answers: 0, inputTokens: 0, outputTokens: 0 };
    for (const key of keys) {
      const usage = this.unused.get(key);
      if (usage === undefined) continue;
      this.unused.delete(key);
      sum.answers += 1;
      sum.inputTokens += usage.inputTokens;
      sum.outputTokens += usage.outputTokens;
    }
    return sum;
  }

  /** The answer will never be used. */
  forget(key: string): void {
    this.unused.delete(key);
  }
}
