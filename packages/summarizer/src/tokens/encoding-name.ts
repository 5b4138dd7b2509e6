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

function knownEncoding(name: string): EncodingName | undefined {
  if (isEncodingName(name)) return name;
  // js-tiktoken's parameter is the union of the names it knows and it throws for every other one.
  const lookUp: (model: string) => string = getEncodingNameForModel as (model: string) => string;
  try {
    const encoding = lookUp(name);
    return isEncodingName(encoding) ? encoding : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The encoding that an encoding's or a model's name stands for. What vendors and gateways put around the name is
 * passed over, as in `openai:gpt-4`, `openai/gpt-4` and `ft:gpt-4:my-team::8abc`.
 */
export function encodingNameFor(modelOrEncoding: string): EncodingName {
  for (const name of modelOrEncoding.split(/[:/]/)) {
    const encoding = knownEncoding(name);
    if (encoding !== undefined) return encoding;
  }
  return DEFAULT_ENCODING;
}
