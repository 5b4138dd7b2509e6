import { getEncodingNameForModel } from "js-tiktoken/lite";

/** The encodings whose tables js-tiktoken ships. */
export const ENCODING_NAMES = [
  "o200k_base",
  "cl100k_base",
  "p50k_base",
  "p50k_edit",
  "r50k_base",
  "gpt2",
] as const;

export type EncodingName = (typeof ENCODING_NAMES)[number];

/** Encoding of a model that js-tiktoken does not know, other vendors' included: the newest one. */
export const DEFAULT_ENCODING: EncodingName = "o200k_base";

function isEncodingName(name: string): name is EncodingName {
  return ENCODING_NAMES.some((known) => known === name);
}

/** The encoding that an encoding's or a model's name stands for; a vendor prefix such as `openai:` is passed over. */
export function encodingNameFor(modelOrEncoding: string): EncodingName {
  const name = modelOrEncoding.slice(modelOrEncoding.lastIndexOf(":") + 1);
  if (isEncodingName(name)) return name;
  // js-tiktoken's parameter is the union of the names it knows and it throws for every other one.
  const lookUp: (model: string) => string = getEncodingNameForModel as (model: string) => string;
  try {
    const encoding = lookUp(name);
    return isEncodingName(encoding) ? encoding : DEFAULT_ENCODING;
  } catch {
    return DEFAULT_ENCODING;
  }
}
