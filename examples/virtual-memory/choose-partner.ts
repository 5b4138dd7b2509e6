import { anthropic } from "@gro/anthropic";
import { openai } from "@gro/openai";
import { modelPartner, type ChatPartner } from "./chat-partner.js";
import { offlinePartner } from "./offline-partner.js";

/** The model whose key is there, or else one that finds sentences by their words. */
export function choosePartner(variables: Readonly<Record<string, string | undefined>>): ChatPartner {
  const claude = { apiKey: variables["ANTHROPIC_API_KEY"], baseURL: variables["ANTHROPIC_BASE_URL"] };
  const gpt = { apiKey: variables["OPENAI_API_KEY"], baseURL: variables["OPENAI_BASE_URL"] };
  if (claude.apiKey !== undefined) return modelPartner(anthropic("claude-haiku-4-5", claude));
  if (gpt.apiKey !== undefined) return modelPartner(openai("gpt-4o-mini", gpt));
  return offlinePartner;
}
