import { wholeNumber } from "@gro/summarizer/executor";
import type { ClaimToken, DeadLetterReason } from "../ports/queue-store.js";
import { fieldsOf, list, text, texts } from "./check-value.js";

const CLAIMS = "a list of claims with itemId and token";

/**
 * The tokens of what is to be finished, extended or given back, checked.
 *
 * @throws InvalidOptionError
 */
export function claimTokensOf(given: unknown): readonly ClaimToken[] {
  return list("claims", given, CLAIMS).map((claim, index) => {
    const { itemId, token } = fieldsOf(`claims[${index}]`, claim, "a claim with itemId and token");
    return { itemId: text(`claims[${index}].itemId`, itemId), token: text(`claims[${index}].token`, token) };
  });
}

/** What a `release` asks for, checked and with its defaults. @throws InvalidOptionError */
export function releaseOptionsOf(given: unknown = {}): {
  readonly delayMs: number;
  readonly wakeOn: string | undefined;
} {
  const { delayMs = 0, wakeOn } = fieldsOf("options", given, "an object");
  return {
    delayMs: wholeNumber("delayMs", delayMs, 0),
    wakeOn: wakeOn === undefined ? undefined : text("wakeOn", wakeOn),
  };
}

/** Why items end without a summary, checked. @throws InvalidOptionError */
export function deadLetterReasonOf(given: unknown): DeadLetterReason {
  const { code, message } = fieldsOf("reason", given, "an object with code and message");
  return { code: text("reason.code", code), message: text("reason.message", message) };
}

/** The name that a `wake` calls, checked. @throws InvalidOptionError */
export function wakeNameOf(given: unknown): string {
  return text("name", given);
}

/** The ids of items, checked. @throws InvalidOptionError */
export function itemIdsOf(given: unknown): readonly string[] {
  return texts("itemIds", given);
}
