import { inspect } from "node:util";
import type { Completion, GenerateRequest, LanguageModel } from "@gro/summarizer";
import { prose } from "../support/prose.js";

const CONTENT = prose(120, 7);

/** A request as the plan makes them: about 40 words wanted of a text of 120. */
export function question(request: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    system: "You summarize texts for readers who have little time.",
    prompt: `Summarize the text. Write at most 40 words (60 tokens).\n\n<text-0a1b2c>\n${CONTENT}\n</text-0a1b2c>`,
    maxOutputTokens: 160,
    ...request,
  };
}

export interface StreamedAnswer {
  readonly texts: readonly string[];
  readonly completion: Completion;
}

/** All of a streamed answer. */
export async function streamed(
  model: LanguageModel,
  request: GenerateRequest = question(),
): Promise<StreamedAnswer> {
  const texts: string[] = [];
  let completion: Completion | undefined;
  for await (const part of model.stream?.(request) ?? []) {
    if (completion !== undefined) throw new Error("Something came after the completion");
    if (part.kind === "text") texts.push(part.text);
    else completion = part.completion;
  }
  if (completion === undefined) throw new Error("The stream ended without a completion");
  return { texts, completion };
}

/** Both ways of asking, for what must hold either way. */
export const WAYS: readonly (readonly [
  string,
  (model: LanguageModel, request?: GenerateRequest) => Promise<unknown>,
])[] = [
  ["generate", (model, request = question()) => model.generate(request)],
  ["stream", (model, request = question()) => streamed(model, request)],
];

/** What `promise` rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail");
}

/** Everything that a log could show of an error, hidden properties and causes included. */
export function everythingOf(error: unknown): string {
  const { message, stack } = error instanceof Error ? error : { message: "", stack: "" };
  const properties = typeof error === "object" && error !== null ? Object.getOwnPropertyNames(error) : [];
  return [
    inspect(error, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(error),
    JSON.stringify(error, properties),
    message,
    stack,
    String(error),
  ].join("\n");
}

/** A stretch of the content, which stands in no error either. */
export const CONTENT_SAMPLE = CONTENT.slice(40, 80);
