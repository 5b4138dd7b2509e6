import { SummarizationError } from "./summarization-error.js";

/** What a budget limits. */
export type BudgetLimit = "maxCalls" | "maxTokens" | "maxCostUsd";

export interface BudgetExceededDetails {
  readonly limit: BudgetLimit;
  readonly allowed: number;
  /** What the call that was not made might have taken. */
  readonly needed: number;
  readonly spentCalls: number;
  readonly spentTokens: number;
  /** `null` when the price is not known. */
  readonly spentCostUsd: number | null;
  /** Completions that this run put into the memo or found there: a later run does not pay for them. 0 without a memo. */
  readonly stepsInMemo: number;
  /** Whether the run was given a memo. */
  readonly hasMemo: boolean;
}

/** The next call could have broken the budget, so it was not made. What was paid for is in the memo, where one was given. */
export class BudgetExceededError extends SummarizationError {
  readonly details: BudgetExceededDetails;

  constructor(details: BudgetExceededDetails) {
    const { limit, allowed, needed, spentCalls, spentTokens, spentCostUsd, stepsInMemo, hasMemo } = details;
    const cost = spentCostUsd === null ? "" : `, ${spentCostUsd.toFixed(6)} USD`;
    const kept = hasMemo
      ? `${stepsInMemo} steps are in the memo: a run with a larger budget and the same memo goes on from there.`
      : "There is no memo: a run with a larger budget begins anew. Give a memo to go on from where a run has stopped.";
    super({
      code: "budget_exceeded",
      message:
        `The next call may need ${needed} more than budget.${limit} (${allowed}) leaves. Spent: ${spentCalls} calls, ` +
        `${spentTokens} tokens${cost}. ${kept}`,
      context: { ...details },
    });
    this.name = "BudgetExceededError";
    this.details = details;
  }
}
