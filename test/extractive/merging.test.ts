import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractive } from "@gro/extractive";
import { summarize } from "@gro/summarizer";
import type { Section } from "../../packages/summarizer/src/plan/prompts/frame.js";
import { prose } from "../support/prose.js";
import { ask, wordCounter } from "./ask.js";

const options = { tokenizer: wordCounter };

const topics = ["harbour", "orchard", "railway", "library", "glacier", "theatre", "quarry", "vineyard"];

/** Children that each speak of one thing, some of them very short. */
function summariesAbout(names: readonly string[], sentencesEach: readonly number[]): Section[] {
  return names.map((topic, child) => ({
    name: "summary",
    text: Array.from(
      { length: sentencesEach[child] ?? 1 },
      (_, index) =>
        `The ${topic} report number ${index} speaks of wages, weather and the ${topic} committee.`,
    ).join(" "),
  }));
}

describe("a merge", () => {
  it("says something of every child where the limit holds a sentence for each", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(topics, { minLength: 2 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 0, max: 200 }),
        async (names, sentencesEach, spare) => {
          const sections = summariesAbout(names, sentencesEach);
          const { text } = await ask({ sections, limit: names.length * 13 + spare }, options);
          for (const topic of names) expect(text).toContain(`The ${topic} report`);
        },
      ),
    );
  });

  it("keeps the order of the children", async () => {
    const { text } = await ask(
      {
        sections: summariesAbout(
          topics,
          topics.map(() => 5),
        ),
        limit: 120,
      },
      options,
    );
    const positions = topics.map((topic) => text.indexOf(topic));
    expect(positions).toEqual(positions.toSorted((one, other) => one - other));
  });

  it("says once what several children say", async () => {
    const shared = "The council closed the bridge because of the flood.";
    const sections: Section[] = topics.map((topic) => ({
      name: "summary",
      text: `${shared} The ${topic} stayed open for the whole of that week.`,
    }));
    for (const limit of [60, 1_000]) {
      const { text } = await ask({ sections, limit }, options);
      expect(text.split(shared).length - 1).toBeLessThanOrEqual(1);
    }
  });
});

describe("context", () => {
  it("is never part of the answer", async () => {
    const sections: Section[] = [
      { name: "context", text: "Zanzibar zebras zigzagged. ".repeat(20) },
      { name: "text", text: prose(500) },
    ];
    expect((await ask({ sections, limit: 3_000 })).text).not.toContain("Zanzibar");
  });
});

describe("a draft", () => {
  it("is made shorter by leaving sentences out", async () => {
    const draft = prose(300);
    const { text, usage } = await ask({ sections: [{ name: "draft", text: draft }], limit: 100 }, options);
    expect(usage.outputTokens).toBeLessThanOrEqual(100);
    expect(usage.outputTokens).toBeGreaterThan(70);
    for (const line of text.split("\n")) expect(draft.replace(/\s+/g, " ")).toContain(line.split(". ")[0]);
  });
});

describe("an earlier summary", () => {
  const earlier = "The lighthouse keeper was promised a new boat by the council.";
  const sections: Section[] = [
    { name: "earlier-summary", text: earlier },
    { name: "text", text: prose(800) },
  ];

  it("is carried forward, before the rest", async () => {
    const { text } = await ask({ sections, limit: 120 }, options);
    expect(text.startsWith(earlier)).toBe(true);
  });

  it("is left alone where it is only background", async () => {
    const instruction = "Summarize. The earlier-summary tags hold background: do not repeat it.";
    expect((await ask({ sections, limit: 120, instruction }, options)).text).not.toContain("lighthouse");
  });

  it("survives a whole run of several chunks, and is said once", async () => {
    const result = await summarize(prose(9_000), {
      model: extractive(),
      targetTokens: 400,
      priorSummary: earlier,
    });
    expect((result.summary ?? "").split(earlier).length - 1).toBe(1);
  });
});
