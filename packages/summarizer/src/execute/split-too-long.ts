import type { DivisionReason } from "../plan/divide-node.js";
import { tooLittleContext } from "../plan/estimate-plan.js";
import type { InParts } from "../plan/in-parts.js";
import { leastRoomFor, mostRoomFor, roomFor } from "../plan/input-tokens.js";
import type { PlanMachine } from "../plan/machine.js";
import type { Step } from "../plan/step.js";
import type { LanguageModel } from "../ports/language-model.js";
import type { Tokenizer } from "../ports/tokenizer.js";

/** What became of a step that is too long: other steps stand in for it, or its draft does, or nothing can. */
export type Shortening = "divided" | "given-up" | "impossible";

/** Does without a step that is too long for the model. Every executor does it so, that all ask the same steps. */
export function* makeShorter(key: string, machine: PlanMachine, reason: DivisionReason): InParts<Shortening> {
  if (yield* machine.giveUpShortening(key)) return "given-up";
  return (yield* machine.split(key, reason)) ? "divided" : "impossible";
}

/**
 * Does without a step that may need more than the model can take in and put out together, before it is asked or looked up.
 * One that cannot be made shorter is asked as it is if only our margin for other tokenizers says that it is too long: the
 * calls before it are paid for, and the provider counts better than we do.
 * @throws InvalidOptionError when the model's context has no room for it by our own count, and it cannot be made shorter
 */
export function* fitToContext(
  { key, request }: Step,
  machine: PlanMachine,
  model: Pick<LanguageModel, "contextTokens" | "reasoningTokens">,
  tokenizer: Tokenizer,
): InParts<"fits" | "divided" | "given-up"> {
  const { contextTokens } = model;
  if (contextTokens === undefined || mostRoomFor(request, model) <= contextTokens) return "fits";
  const needed = yield* roomFor(request, model, tokenizer);
  if (needed <= contextTokens) return "fits";
  const shortening = yield* makeShorter(key, machine, "counted");
  if (shortening !== "impossible") return shortening;
  const least = yield* leastRoomFor(request, model, tokenizer);
  if (least > contextTokens) throw tooLittleContext(contextTokens, needed);
  return "fits";
}
