import { costOf, highestCostOf, type ModelPrice } from "../cost/model-price.js";
import { BudgetExceededError, type BudgetLimit } from "../errors/budget-exceeded-error.js";
import type { Completion } from "../plan/completion.js";
import { mostInputTokens } from "../plan/input-tokens.js";
import type { Step } from "../plan/step.js";
import type { Tokenizer } from "../ports/tokenizer.js";

/** The most that a run may spend; what is left out is not limited. */
export interface Budget {
  /** Calls, retries included. */
  readonly maxCalls?: number | undefined;
  /** Input and output tokens together. */
  readonly maxTokens?: number | undefined;
  /** USD; needs a known price. */
  readonly maxCostUsd?: number | undefined;
}

/** What is set aside for a call under way. */
interface Amount {
  readonly maxCalls: number;
  readonly maxTokens: number;
  readonly maxCostUsd: number;
}

/** A call that may be made. */
export interface Reservation {
  /** The call was answered: only what it really took is spent. */
  answered(completion: Completion): void;
  /** The provider said that it did not do the work: nothing is spent but the call. */
  refused(): void;
  /** Nobody knows whether it was billed, as after a timeout: all that was set aside counts as spent. */
  lost(): void;
}

const LIMITS: readonly BudgetLimit[] = ["maxCalls", "maxTokens", "maxCostUsd"];
const NOTHING: Amount = { maxCalls: 0, maxTokens: 0, maxCostUsd: 0 };

function plus(one: Amount, other: Amount, sign: 1 | -1 = 1): Amount {
  return {
    maxCalls: one.maxCalls + sign * other.maxCalls,
    maxTokens: one.maxTokens + sign * other.maxTokens,
    maxCostUsd: one.maxCostUsd + sign * other.maxCostUsd,
  };
}

/** Keeps a run within its budget: every call is set aside for at its dearest before it is made. */
export class BudgetKeeper {
  private spent: Amount = NOTHING;
  private reserved: Amount = NOTHING;
  private underWay = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly budget: Budget,
    private readonly price: ModelPrice | undefined,
    private readonly tokenizer: Tokenizer,
    /** What the model may spend on thinking in a call, beyond the step's own limit. */
    private readonly reasoningTokens: number,
    /** `undefined` without a memo that outlives the run. */
    private readonly stepsInMemo: () => number | undefined,
  ) {}

  /**
   * Sets aside what the step may take. Waits while calls under way may still turn out cheaper than feared.
   * @throws BudgetExceededError when it does not fit into what is left.
   */
  async reserve(step: Step): Promise<Reservation> {
    if (LIMITS.every((limit) => this.budget[limit] === undefined)) return UNLIMITED;
    const amount = this.dearest(step);
    for (;;) {
      const broken = this.brokenBy(amount);
      if (broken === undefined) break;
      if (this.underWay === 0 || this.isHopeless(amount)) throw this.exceeded(broken, amount[broken]);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.reserved = plus(this.reserved, amount);
    this.underWay += 1;
    return {
      answered: (completion) => this.settle(amount, this.actual(completion)),
      refused: () => this.settle(amount, { ...NOTHING, maxCalls: 1 }),
      lost: () => this.settle(amount, amount),
    };
  }

  /** The error with what has been spent by now: calls that were under way when it was thrown have ended since. */
  withFinalFigures(error: BudgetExceededError): BudgetExceededError {
    const { limit, needed } = error.details;
    return this.exceeded(limit, needed);
  }

  private dearest(step: Step): Amount {
    const inputTokens = mostInputTokens(step.request, this.tokenizer);
    const maxOutputTokens = step.request.maxOutputTokens + this.reasoningTokens;
    const maxCostUsd = this.price === undefined ? 0 : highestCostOf(inputTokens, maxOutputTokens, this.price);
    return { maxCalls: 1, maxTokens: inputTokens + maxOutputTokens, maxCostUsd };
  }

  private actual({ usage }: Completion): Amount {
    const maxCostUsd = this.price === undefined ? 0 : costOf(usage, this.price);
    return { maxCalls: 1, maxTokens: usage.inputTokens + usage.outputTokens, maxCostUsd };
  }

  private brokenBy(amount: Amount, used = plus(this.spent, this.reserved)): BudgetLimit | undefined {
    const after = plus(used, amount);
    return LIMITS.find((limit) => after[limit] > (this.budget[limit] ?? Number.POSITIVE_INFINITY));
  }

  /** Whether the amount would not even fit if all calls under way cost nothing. */
  private isHopeless(amount: Amount): boolean {
    return (
      this.brokenBy(amount, { ...this.spent, maxCalls: this.spent.maxCalls + this.reserved.maxCalls }) !==
      undefined
    );
  }

  private settle(reserved: Amount, spent: Amount): void {
    this.reserved = plus(this.reserved, reserved, -1);
    this.spent = plus(this.spent, spent);
    this.underWay -= 1;
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  private exceeded(limit: BudgetLimit, needed: number): BudgetExceededError {
    const stepsInMemo = this.stepsInMemo();
    return new BudgetExceededError({
      limit,
      allowed: this.budget[limit] ?? 0,
      needed,
      spentCalls: this.spent.maxCalls,
      spentTokens: this.spent.maxTokens,
      spentCostUsd: this.price === undefined ? null : this.spent.maxCostUsd,
      stepsInMemo: stepsInMemo ?? 0,
      hasMemo: stepsInMemo !== undefined,
    });
  }
}

const UNLIMITED: Reservation = {
  answered: () => undefined,
  refused: () => undefined,
  lost: () => undefined,
};
