import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  approximate,
  estimate,
  streamSummary,
  summarize,
  summaryEvents,
  tiktoken,
  type Tokenizer,
} from "@gro/summarizer";
import { resolvePlanOptions, startRun, startRunInParts, type SummaryRun } from "@gro/summarizer/executor";
import { scriptedModel } from "@gro/summarizer/testing";
import { anyText } from "../support/generated-texts.js";
import { babblingModel } from "../support/babbling-model.js";
import { LARGE_TEXTS, type LargeText } from "../support/large-texts.js";
import { leastStretch, longestStretch, LONGEST_ALLOWED_MS } from "../support/longest-stretch.js";
import { prose, seededRandom } from "../support/prose.js";
import { unbrokenTexts } from "../support/unbroken-texts.js";

const tokenizer = tiktoken();

/** Tables are loaded once in a process, so this comes before everything else. */
const loading = [
  await longestStretch(() => tokenizer.load()),
  await longestStretch(() => tiktoken("cl100k_base").load()),
];

describe("the event loop goes round", () => {
  it("while the tables of an encoding are loaded", () => {
    expect(Math.min(...loading)).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  const sizes: [LargeText, number][] = [
    ["prose", 2_000_000],
    ["one line of prose", 1_000_000],
    ["letters without spaces", 100_000],
    ["Chinese without marks", 100_000],
    ["a minified script", 1_000_000],
    ["newlines only", 200_000],
    ["spaces only", 300_000],
    ["numbers between spaces", 500_000],
  ];

  it.each(sizes)("while a long text is summarized: %s", async (kind, units) => {
    const text = LARGE_TEXTS[kind](units);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  const text = LARGE_TEXTS.prose(2_000_000);

  it("with counts that do not add up", async () => {
    const long = LARGE_TEXTS.prose(8_000_000);
    const options = { model: scriptedModel(), targetTokens: 1_000, tokenizer: approximate() };
    expect(await leastStretch(() => summarize(long, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("while a summary of a megabyte is put together", async () => {
    const options = { model: scriptedModel({ behaviour: "echo" }), targetRatio: 0.5, tokenizer };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  const answers: LargeText[] = ["prose", "letters without spaces", "newlines only"];

  it.each(answers)(
    "while a model answers with a megabyte, and again when asked to be shorter: %s",
    async (kind) => {
      const model = babblingModel(LARGE_TEXTS[kind](1_000_000));
      const options = { model, targetTokens: 300, tokenizer };
      const stretch = await leastStretch(() => summarize(prose(2_000), options));
      expect(stretch).toBeLessThan(LONGEST_ALLOWED_MS);
      expect(model.calls).toBeGreaterThan(1);
    },
  );

  it("while a prior summary of a megabyte is cut", async () => {
    const priorSummary = LARGE_TEXTS["letters without spaces"](1_000_000);
    const options = { model: scriptedModel(), targetTokens: 300, tokenizer, priorSummary };
    expect(await leastStretch(() => summarize(prose(2_000), options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("while it is found out what a context divides", async () => {
    const options = { model: scriptedModel({ contextTokens: 3_500 }), targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => summarize(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("while a summary is streamed", async () => {
    const stream = async () => {
      const events = streamSummary(text, { model: scriptedModel(), targetTokens: 1_000, tokenizer });
      for await (const { kind } of events) if (kind === "result") return;
    };
    expect(await leastStretch(stream)).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("while a summary is estimated", async () => {
    const options = { model: { id: "x", contextTokens: 4_000 }, targetTokens: 1_000, tokenizer };
    expect(await leastStretch(() => estimate(text, options))).toBeLessThan(LONGEST_ALLOWED_MS);
  });

  it("so that a run can be stopped while it plans", async () => {
    const controller = new AbortController();
    const reason = new Error("the user went home");
    const model = scriptedModel();
    const planned: string[] = [];
    const events = summaryEvents().on("planned", () => planned.push("planned"));
    const run = summarize(text, { model, targetTokens: 1_000, tokenizer, events, signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(run).rejects.toBe(reason);
    expect(planned).toEqual([]);
    expect(model.requests).toEqual([]);
  });
});

/** Counts like `counter`, with fewer promises. */
function withOnly(counter: Tokenizer, ...promises: ("addsUpBetweenWords" | "countInParts")[]): Tokenizer {
  const { id, addsUpBetweenWords = false } = counter;
  return {
    id,
    count: (text) => counter.count(text),
    ...(promises.includes("addsUpBetweenWords") ? { addsUpBetweenWords } : {}),
    ...(promises.includes("countInParts") ? { countInParts: (text) => partsOf(counter, text) } : {}),
  };
}

function* partsOf(counter: Tokenizer, text: string): Generator<void, number, void> {
  yield;
  const count = counter.count(text);
  yield;
  return count;
}

/** All outcomes of works that go on in turns, in an order drawn at random. */
function inTurns<Outcome>(works: readonly Generator<void, Outcome, void>[], seed: number): Outcome[] {
  const random = seededRandom(seed);
  const outcomes: Outcome[] = [];
  const waiting = [...works.entries()];
  while (waiting.length > 0) {
    const at = Math.floor(random() * waiting.length);
    const [index, work] = waiting[at] ?? [0, undefined];
    const part = work?.next();
    if (part?.done !== true) continue;
    outcomes[index] = part.value;
    waiting.splice(at, 1);
  }
  return outcomes;
}

describe("pauses change nothing", () => {
  const counters: [string, Tokenizer][] = [
    ["tiktoken", tokenizer],
    ["tiktoken without parts", withOnly(tokenizer, "addsUpBetweenWords")],
    ["tiktoken with parts only", withOnly(tokenizer, "countInParts")],
    ["approximate", approximate()],
    ["a caller's own", withOnly(approximate())],
  ];

  it.each(counters)("about plans and steps, whoever runs in between: %s", (_, counter) => {
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 40, max: 400 }),
        fc.integer({ min: 10, max: 200 }),
        fc.nat(),
        (texts, chunkSize, targetTokens, seed) => {
          const options = { chunkSize, chunkOverlap: 10, tokenMax: 400, targetTokens, tokenizer: counter };
          const { plan } = resolvePlanOptions(options, "test:model");
          const told = ({ plan: { inputTokens, kind }, machine }: SummaryRun) => ({
            inputTokens,
            kind,
            nodes: machine?.nodes,
            steps: machine?.takeReady(),
          });
          const works = texts.map((text) => startRunInParts(text, plan, counter));
          const paused = inTurns(works, seed).map(told);
          expect(paused).toEqual(texts.map((text) => told(startRun(text, plan, counter))));
        },
      ),
      { numRuns: 60 },
    );
  });

  const encodings = [tokenizer, tiktoken("cl100k_base"), approximate()];

  it("about counts, whoever counts in between", () => {
    const texts = [...unbrokenTexts(40_000).map(([, text]) => text), prose(10_000)];
    for (const { count, countInParts } of encodings) {
      const works = texts.map((text) => countInParts?.(text)).filter((work) => work !== undefined);
      expect(inTurns(works, 7)).toEqual(texts.map((text) => count(text)));
      expect(works).toHaveLength(texts.length);
    }
  });
});
