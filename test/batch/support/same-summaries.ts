import fc from "fast-check";
import { expect } from "vitest";
import { ModelError, summarize, type CompletionRequest } from "@gro/summarizer";
import { scriptedModel, type Behaviour } from "@gro/summarizer/testing";
import type { SummaryRequest } from "@gro/queue";
import { prose, seededRandom } from "../../support/prose.js";
import { handClock } from "./hand-clock.js";
import { makeScene, tokenizer } from "./scene.js";
import type { Outcome } from "./scripted-batches.js";

const MODEL = "scripted:batch";

const behaviours: fc.Arbitrary<Behaviour> = fc.constantFrom(
  "obedient",
  "verbose",
  "terse",
  "echo",
  "expanding",
);

const requests: fc.Arbitrary<SummaryRequest> = fc.record(
  {
    targetTokens: fc.integer({ min: 20, max: 300 }),
    targetRatio: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
    contentType: fc.constantFrom("general", "conversation", "journal", "document"),
    priorSummary: fc.constantFrom("The keeper of the lamp had left before.", "", null),
    chunkSize: fc.integer({ min: 64, max: 400 }),
    tokenMax: fc.integer({ min: 128, max: 800 }),
    maxCollapseDepth: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ["chunkSize", "tokenMax"] },
);

const documents = fc.array(
  fc.record({ words: fc.integer({ min: 1, max: 900 }), seed: fc.integer({ min: 1, max: 4 }) }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

/** What the longest prompt is that the model takes, in characters. */
const limits = fc.option(fc.integer({ min: 1_500, max: 4_000 }), { nil: undefined });

/** Every second request or so fails the first time, and some the second time as well. */
function troubles(seed: number): (key: string) => Outcome | undefined {
  const random = seededRandom(seed);
  const left = new Map<string, Outcome[]>();
  const kinds: readonly Outcome[] = [
    "expired",
    "canceled",
    { fails: "overloaded" },
    { fails: "server_error" },
  ];
  return (key) => {
    const planned = left.get(key) ?? kinds.filter(() => random() < 0.2).slice(0, 2);
    left.set(key, planned);
    return planned.pop();
  };
}

function isTooLong({ prompt }: CompletionRequest, limit: number | undefined): boolean {
  return limit !== undefined && prompt.length > limit;
}

const TOO_LONG = new ModelError({
  kind: "prompt_too_long",
  provider: "scripted",
  model: MODEL,
  message: "too long",
});

/** Runs random documents through batches in which much fails, and live, and compares what comes out. */
export async function expectSameSummaries(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      ...([documents, requests, behaviours, limits] as const),
      fc.option(fc.integer({ min: 900, max: 2_000 }), { nil: undefined }),
      fc.nat(),
      async (texts, request, behaviour, limit, contextTokens, seed) => {
        const trouble = troubles(seed);
        const context = contextTokens === undefined ? {} : { contextTokens };
        const scene = makeScene(
          {
            ...context,
            ...{ behaviour, maxRequests: 7 },
            outcome: ({ key, request }) =>
              isTooLong(request, limit) ? { fails: "prompt_too_long" } : trouble(key),
          },
          { clock: handClock(), defaults: {} },
        );
        const contents = texts.map(({ words, seed }) => prose(words, seed));
        for (const [index, content] of contents.entries()) await scene.add(`page-${index}`, content, request);
        await scene.runToEnd(scene.worker(), 200);

        for (const [index, content] of contents.entries()) {
          const model = scriptedModel({
            ...context,
            ...{ id: MODEL, behaviour, tokenizer, cutsAtLimit: false },
            cue: (asked) => (isTooLong(asked, limit) ? TOO_LONG : undefined),
          });
          const live = await summarize(content, { ...request, model, tokenizer }).then(
            ({ summary, fit, inputTokens, outputTokens, collapseDepth, warnings }) => ({
              summary,
              meta: { fit, inputTokens, outputTokens, collapseDepth, warnings },
            }),
            () => undefined,
          );
          const page = await scene.page(`page-${index}`);
          expect(page?.summary).toBe(live?.summary);
          if (live === undefined) expect((await scene.deaths())[`page-${index}`]).toBeTypeOf("string");
          else expect(page?.summaryMeta).toMatchObject(live.meta);
        }
        expect(scene.provider.doubled).toEqual([]);
        expect([...scene.provider.billed.values()].every((times) => times === 1)).toBe(true);
      },
    ),
    { numRuns: runs },
  );
}
