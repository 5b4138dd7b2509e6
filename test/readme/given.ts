import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { LanguageModel } from "ai";
import { prose } from "../support/prose.js";

/** What the snippets of the READMEs speak of without showing it. */
export const text = prose(4_000);

/** Whoever makes a run of the snippets removes it. */
export const directory = mkdtempSync(join(tmpdir(), "gro-readme-"));
/** Models of the caller's own, as their libraries type them; snippets that use them are compiled and not run. */
export declare const aiSdkModel: Exclude<LanguageModel, string>;
export declare const langChainModel: BaseChatModel;

interface ServerRequest {
  readonly system: string;
  readonly prompt: string;
  readonly maxOutputTokens: number;
  readonly signal?: AbortSignal | undefined;
}

export function callMyServer(request: ServerRequest) {
  const text = request.prompt.slice(-200).replace(/<[^>]*>/gu, "");
  return Promise.resolve({
    text,
    wasCut: false,
    promptTokens: request.prompt.length / 4,
    completionTokens: 50,
  });
}
