import { describe, expect, it } from "vitest";
import { approximate, ModelError, summarize } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = approximate();
const tooLong = new ModelError({
  kind: "prompt_too_long",
  provider: "test",
  model: "test",
  message: "too long",
});

describe("a merge that carries the prior summary and is too long for its model", () => {
  const options = {
    ...{ tokenizer, targetTokens: 300, chunkSize: 256, tokenMax: 600 },
    priorSummary: "The keeper of the lamp had left before.",
  };
  // Every chunk and every other merge gets through.
  const isFinalMerge = ({ system, prompt }: { system: string; prompt: string }) =>
    system.startsWith("You merge") && prompt.includes("The keeper of the lamp");

  it("ends with the provider's refusal, and does not divide the same two summaries for ever", async () => {
    const model = scriptedModel({
      tokenizer,
      cue: (request, call) => {
        if (call > 500) throw new Error("It does not end.");
        return isFinalMerge(request) ? tooLong : undefined;
      },
    });
    await expect(summarize(prose(2_000), { ...options, model })).rejects.toMatchObject({ cause: tooLong });
  });

  it("is asked as it is when only our own estimate says that it is too long", async () => {
    const model = scriptedModel({ tokenizer, contextTokens: 1_057, behaviour: "echo", cutsAtLimit: false });
    const settings = {
      targetRatio: 0.8,
      chunkSize: 392,
      tokenMax: 131,
      contentType: "conversation",
    } as const;
    const { summary } = await summarize(prose(794, 4), { ...options, ...settings, model });
    expect(summary).not.toBeNull();
    expect(model.requests.length).toBeLessThan(100);
  });
});
