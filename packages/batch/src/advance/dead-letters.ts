import type { RejectionReason } from "@gro/summarizer";
import type { DeadLetterReason, KeyHistory, UnreadBatch } from "@gro/queue";

/** Why an item ends without a summary, told to programs by the code and to people by the sentence. */
/** @param location where the store keeps its pages, if it says */
export function pageMissing(location: string | undefined): DeadLetterReason {
  const where = location === undefined ? "" : ` in ${location}`;
  return {
    code: "page_missing",
    message: `There is no page with this id${where}. Save the page, then retry the item.`,
  };
}

export const PAGE_EMPTY: DeadLetterReason = {
  code: "page_empty",
  message: "The page has no text, or none but lines tagged @@ephemeral@@, so there is nothing to summarize.",
};

/** @param what a sentence that says what is wrong, and where */
export function pageUnreadable(code: string, what: string): DeadLetterReason {
  return { code, message: `${what} Mend the page or save it again, then retry the item.` };
}

export function invalidRequest(why: string): DeadLetterReason {
  return { code: "invalid_request", message: `The item's options make no plan: ${why}` };
}

export function unknownModel(model: string): DeadLetterReason {
  return {
    code: "unknown_model",
    message: `The worker's provider has no model ${JSON.stringify(model.slice(0, 80))}.`,
  };
}

export function tooManyLapses(lapses: number): DeadLetterReason {
  return {
    code: "too_many_lapses",
    message: `${lapses} workers in a row ended while they had this item in hands. Look for what ends them, then retry it.`,
  };
}

export function cannotBeDivided(why: string): DeadLetterReason {
  return {
    code: "prompt_too_long",
    message: `A request is too long for the model and cannot be divided further: ${why}`,
  };
}

export function planFailed(code: string, why: string): DeadLetterReason {
  return { code, message: `The page cannot be planned: ${why}` };
}

const REJECTIONS: Readonly<Record<RejectionReason, string>> = {
  empty: "The model answered with no text.",
  cut: "The model used up its output limit before the first word; more room for thinking (reasoningTokens) may help.",
  refused: "The model refused to answer.",
  degenerate: "The model answered with a text that only repeats itself or has no words.",
  malformed: "What the memo holds for a step is no completion.",
};

const REJECTED = "completion_";

/** The kind of failure of an answer that cannot be used. */
export function rejected(reason: RejectionReason): DeadLetterReason {
  return { code: `${REJECTED}${reason}`, message: `${REJECTIONS[reason]} Retry the item to ask again.` };
}

export function isRejection(kind: string): boolean {
  return kind.startsWith(REJECTED);
}

/** The answers lie with a provider that the worker does not have. */
export function resultsElsewhere({ provider, batchId }: UnreadBatch): DeadLetterReason {
  return {
    code: "results_unreadable",
    message: `The results of batch ${batchId} are paid for and lie with ${provider}, which this worker does not use. Retry the item with one that does.`,
  };
}

/** A request that has failed for good. */
export function failedForGood({ failure, counts }: KeyHistory): DeadLetterReason {
  // It was answered, and the message says where the answer is, or that it is gone.
  if (failure.unread !== undefined || failure.kind === "results_unreadable")
    return { code: failure.kind, message: failure.message };
  const times = counts[failure.kind] ?? 1;
  const often = times > 1 ? `${times} times, the last time: ` : "";
  return { code: failure.kind, message: `A request failed ${often}${failure.message}` };
}
