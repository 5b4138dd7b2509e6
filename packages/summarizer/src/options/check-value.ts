import { InvalidContentError } from "../errors/invalid-content-error.js";
import { InvalidOptionError } from "../errors/invalid-option-error.js";

/** A whole number in a range. */
export function wholeNumber(
  option: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InvalidOptionError(option, value, `a whole number ${range}`);
}

/** An object with these methods: what a port asks for, whoever made it. */
export function withMethods<Port>(option: string, value: Port, ...methods: (keyof Port & string)[]): Port {
  const isObject = (typeof value === "object" || typeof value === "function") && value !== null;
  if (isObject && methods.every((method) => typeof value[method] === "function")) return value;
  throw new InvalidOptionError(
    option,
    value,
    `an object with ${methods.map((method) => `${method}()`).join(" and ")}`,
  );
}

/** An object whose `id` names it. */
export function withId<Port extends { readonly id: string }>(option: string, value: Port): Port {
  if (typeof value.id === "string" && value.id !== "") return value;
  throw new InvalidOptionError(`${option}.id`, value.id, "a string that names it");
}

/** A model whose limits, where it has them, are numbers of tokens. */
export function withLimits<Limited extends { contextTokens?: number; reasoningTokens?: number }>(
  model: Limited,
): Limited {
  const { contextTokens, reasoningTokens } = model;
  if (contextTokens !== undefined) wholeNumber("model.contextTokens", contextTokens, 1);
  if (reasoningTokens !== undefined) wholeNumber("model.reasoningTokens", reasoningTokens, 0);
  return model;
}

/** The content, if it is a string. */
export function checkContent(content: unknown): string {
  if (typeof content === "string") return content;
  throw new InvalidContentError(content);
}
