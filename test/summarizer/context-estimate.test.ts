import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimate, memoryMemo, summarize, tiktoken, type SummaryEventSink } from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(12_000);

/** The most calls that the run announced. */
function listening() {
  const told: { maxCalls?: number } = {};
  const events: SummaryEventSink = {
    emit(name, ...[event]) {
      if (name === "planned" && "maxCalls" in event) told.maxCalls = event.maxCalls;
    },
  };
  return { told, events };
}

interface Given {
  readonly contextTokens: number;
  readonly targetTokens: number;
  readonly behaviour: Behaviour;
  readonly priorSummary?: string;
  readonly content?: string;
  readonly tokenMax?: number;
}

/** What was told and what was taken; what a request has no room for ends both. */
async function compare({ contextTokens, behaviour, content = text, ...options }: Given) {
  const model = scriptedModel({ behaviour, tokenizer, contextTokens });
  const { told, events } = listening();
  const shortenedShare = behaviour === "verbose" ? 1 : 0;
  const estimated = await estimate(content, { ...options, model, tokenizer, shortenedShare });
  const result = await summarize(content, { ...options, model, tokenizer, events });
  return { estimated, maxCalls: told.maxCalls, usage: result.usage, model, result };
}

describe("with contextTokens, an estimate", () => {
  it.each<[number, number, Behaviour]>([
    [1_300, 300, "obedient"],
    [1_300, 300, "verbose"],
    [2_000, 1_000, "verbose"],
    [2_500, 4_000, "verbose"],
    [4_000, 300, "verbose"],
  ])("bounds what is divided: %i tokens, to %i, %s", async (contextTokens, targetTokens, behaviour) => {
    const { estimated, maxCalls, usage } = await compare({ contextTokens, targetTokens, behaviour });
    expect(usage.calls).toBeLessThanOrEqual(estimated.calls.worst);
    expect(usage.calls).toBeLessThanOrEqual(maxCalls ?? 0);
    expect(usage.inputTokens).toBeLessThanOrEqual(estimated.callTokens.input.worst);
    expect(usage.outputTokens).toBeLessThanOrEqual(estimated.callTokens.output.worst);
    expect(Math.abs(estimated.calls.likely - usage.calls)).toBeLessThanOrEqual(usage.calls * 0.25);
  });

  it("tells more calls than without, where chunks do not fit", async () => {
    const options = { targetTokens: 300, tokenizer };
    const free = await estimate(text, { ...options, model: { id: "x" } });
    const tight = await estimate(text, { ...options, model: { id: "x", contextTokens: 1_300 } });
    expect(tight.calls.worst).toBeGreaterThan(free.calls.worst);
    expect(tight.calls.likely).toBeGreaterThan(free.calls.likely);
  });

  it("counts the room for thinking", async () => {
    const model = { id: "x", contextTokens: 4_000 };
    const options = { targetTokens: 300, tokenizer };
    const plain = await estimate(text, { ...options, model });
    const thinking = await estimate(text, { ...options, model: { ...model, reasoningTokens: 2_000 } });
    expect(thinking.calls.worst).toBeGreaterThan(plain.calls.worst);
  });

  it("holds for any context, target, behaviour and earlier summary, and no request is longer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat(),
          words: fc.constantFrom(400, 1_500, 4_000),
          contextTokens: fc.integer({ min: 1_000, max: 6_000 }),
          targetTokens: fc.constantFrom(20, 150, 600, 2_000),
          tokenMax: fc.constantFrom(200, 1_000, 3_000),
          behaviour: fc.constantFrom<Behaviour>("obedient", "verbose", "terse", "echo"),
          hasPrior: fc.boolean(),
        }),
        async ({ seed, words, hasPrior, ...given }) => {
          const prior = hasPrior ? { priorSummary: prose(60, seed + 1) } : {};
          try {
            const compared = await compare({ ...given, ...prior, content: prose(words, seed) });
            const { estimated, maxCalls, usage, model } = compared;
            expect(usage.calls).toBeLessThanOrEqual(estimated.calls.worst);
            expect(usage.calls).toBeLessThanOrEqual(maxCalls ?? 0);
            expect(usage.inputTokens).toBeLessThanOrEqual(estimated.callTokens.input.worst);
            expect(usage.outputTokens).toBeLessThanOrEqual(estimated.callTokens.output.worst);
            for (const { system, prompt, maxOutputTokens } of model.requests) {
              const sent = tokenizer.count(system) + tokenizer.count(prompt);
              // What cannot be divided, one summary or two and the earlier one, is asked for if it fits by our own count.
              const parts = prompt.match(/^<summary\b/gmu)?.length ?? Infinity;
              const margin = system.startsWith("You merge") && parts <= 2 ? 1 : 1.4;
              expect(sent * margin + maxOutputTokens).toBeLessThanOrEqual(given.contextTokens);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: "invalid_option", option: "model.contextTokens" });
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("a context with too little room for any request", () => {
  const model = () => scriptedModel({ tokenizer, contextTokens: 300 });

  it("is refused before a call, with what it would have to be, and by the estimate as well", async () => {
    const asked = model();
    const expected = { code: "invalid_option", option: "model.contextTokens" };
    await expect(summarize(text, { model: asked, targetTokens: 300, tokenizer })).rejects.toMatchObject({
      ...expected,
      message: expect.stringMatching(/got 300, expected at least \d{3}.*chunkOverlap/) as string,
    });
    expect(asked.requests).toEqual([]);
    await expect(estimate(text, { model: asked, targetTokens: 300, tokenizer })).rejects.toMatchObject(
      expected,
    );
  });

  it.each([[0], [-1], [1.5], ["4096"]])("cannot be %j", async (contextTokens) => {
    const wrong = { ...scriptedModel(), contextTokens } as never;
    const expected = { code: "invalid_option", option: "model.contextTokens" };
    await expect(summarize(text, { model: wrong })).rejects.toMatchObject(expected);
    await expect(estimate(text, { model: wrong })).rejects.toMatchObject(expected);
  });
});

it("a merge that carries an earlier summary and has no room is an error, and no run without an end", async () => {
  const priorSummary = prose(500, 3);
  for (const contextTokens of [1_400, 1_700, 2_000]) {
    const model = scriptedModel({ tokenizer, contextTokens, behaviour: "verbose" });
    const options = { model, targetTokens: 900, tokenizer, priorSummary, memo: memoryMemo() };
    const outcome = await summarize(text, options).then(
      () => "done",
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(["done", "invalid_option"]).toContain(outcome);
  }
});

it("a draft that is too long to be shortened within the context is cut by code", async () => {
  const model = scriptedModel({ tokenizer, behaviour: "verbose", contextTokens: 2_400 });
  const content = prose(1_000);
  const result = await summarize(content, { model, targetTokens: 850, tokenizer, chunkSize: 4_000 });
  expect(result.outputTokens).toBeLessThanOrEqual(850);
});
