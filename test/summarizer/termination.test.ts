import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CompletionRejectedError,
  summarize,
  summaryEvents,
  tiktoken,
  type PlannedEvent,
} from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");

describe("every run ends", () => {
  it.each<Behaviour>(["echo", "expanding", "verbose"])(
    "with a model that is %s, within the number of calls announced beforehand",
    async (behaviour) => {
      for (const words of [900, 9_000, 60_000]) {
        for (const targetTokens of [1, 100, 3000]) {
          const events = summaryEvents();
          let planned: PlannedEvent | undefined;
          events.on("planned", (event) => (planned = event));
          const model = scriptedModel({ behaviour, cutsAtLimit: false, tokenizer });
          await summarize(prose(words), { model, targetTokens, events, tokenizer });
          expect(planned?.maxCalls).toBe(2 * ((planned?.chunks ?? 0) + (planned?.merges ?? 0)));
          expect(model.requests.length).toBeLessThanOrEqual(planned?.maxCalls ?? 0);
        }
      }
    },
  );

  it("with few calls: merges stay a small part of the chunks, whatever the sizes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 500, max: 20_000 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 64, max: 6_000 }),
        fc.integer({ min: 64, max: 6_000 }),
        async (words, targetTokens, chunkSize, tokenMax) => {
          const events = summaryEvents();
          let planned: PlannedEvent | undefined;
          events.on("planned", (event) => (planned = event));
          const model = scriptedModel({ behaviour: "echo", tokenizer });
          await summarize(prose(words), { model, targetTokens, chunkSize, tokenMax, events, tokenizer });
          // Every merge has two children or more, so a tree over n chunks has fewer than n merges.
          expect(planned?.merges ?? 0).toBeLessThanOrEqual(Math.max(0, (planned?.chunks ?? 0) - 1));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("a request never grows with what a model babbles", async () => {
    const model = scriptedModel({ behaviour: "expanding", cutsAtLimit: false, tokenizer });
    await summarize(prose(20_000), { model, targetTokens: 500, tokenizer });
    const longest = Math.max(...model.requests.map(({ prompt }) => tokenizer.count(prompt)));
    expect(longest).toBeLessThan(3_000 + 400);
  });
});

describe("an answer that is none ends the run with an error", () => {
  const text = prose(2_000);
  const failureOf = async (cue: Parameters<typeof scriptedModel>[0]) => {
    const model = scriptedModel({ tokenizer, ...cue });
    const error: unknown = await summarize(text, { model, targetTokens: 100, tokenizer }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CompletionRejectedError);
    return error as CompletionRejectedError;
  };
  const completion = (answer: string) => ({
    text: answer,
    finishReason: "stop" as const,
    usage: { inputTokens: 1, outputTokens: 1 },
  });

  it("empty", async () => {
    const error = await failureOf({ behaviour: "empty" });
    expect(error).toMatchObject({ code: "completion_empty", isRetryable: false });
    expect(error.step).toMatchObject({ kind: "map", level: 0 });
  });

  it("blank", async () => {
    expect((await failureOf({ cue: () => completion(" \n\t ") })).code).toBe("completion_empty");
  });

  it("refused", async () => {
    expect((await failureOf({ behaviour: "refusing" })).code).toBe("completion_refused");
  });

  it("one phrase over and over", async () => {
    const loop = "The ferry left. " + "I cannot say more. ".repeat(40);
    expect((await failureOf({ cue: () => completion(loop) })).code).toBe("completion_degenerate");
  });

  it("punctuation only", async () => {
    expect((await failureOf({ cue: () => completion("… --- …") })).code).toBe("completion_degenerate");
  });

  it("in a merge, with the merge named", async () => {
    const error = await failureOf({
      cue: ({ system }) => (system.startsWith("You merge") ? "empty" : undefined),
    });
    expect(error.step).toMatchObject({ kind: "merge", span: { start: 0, end: text.length } });
  });

  it("but a text of signs may have a summary of signs", async () => {
    const signs = "🙂🙃 ⚙️ — ".repeat(2_000);
    const model = scriptedModel({ cue: () => completion("🙂"), tokenizer });
    expect((await summarize(signs, { model, targetTokens: 300, tokenizer })).summary).toContain("🙂");
  });

  it("but a text that repeats itself may have a summary that does", async () => {
    const chant = "Ring the bell and row. ".repeat(2_000);
    const model = scriptedModel({ behaviour: "echo", tokenizer });
    const result = await summarize(chant, { model, targetTokens: 300, tokenizer });
    expect(result.summary).toMatch(/^Ring the bell/);
  });

  it.each([
    ["nothing", undefined],
    ["a bare string", "a summary"],
    ["no text", { finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } }],
    [
      "an unknown finish reason",
      { text: "Fine.", finishReason: "done", usage: { inputTokens: 1, outputTokens: 1 } },
    ],
    ["no usage", { text: "Fine.", finishReason: "stop" }],
    ["negative usage", { text: "Fine.", finishReason: "stop", usage: { inputTokens: -1, outputTokens: 1 } }],
  ])("a custom model that gives %s is told which field is wrong", async (_, answer) => {
    const model = { id: "custom", generate: () => Promise.resolve(answer as never) };
    await expect(summarize(text, { model, targetTokens: 100, tokenizer })).rejects.toMatchObject({
      code: "completion_malformed",
      message: expect.stringMatching(/text|finishReason|usage|object/) as string,
    });
  });
});
