import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceSpans } from "@gro/summarizer";
import { prose } from "../support/prose.js";
import { summaryOf, wordCounter } from "./ask.js";

const options = { tokenizer: wordCounter };

function sentencesOf(text: string): string[] {
  return sentenceSpans(text).map(({ start, end }) => text.slice(start, end).trim().replace(/\s+/g, " "));
}

describe("sentences", () => {
  it("stay whole and in the order of the text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.integer({ min: 30, max: 500 }), async (seed, limit) => {
        const source = sentencesOf(prose(1_500, seed));
        let position = -1;
        for (const sentence of sentencesOf(await summaryOf(prose(1_500, seed), limit, options))) {
          position = source.indexOf(sentence, position + 1);
          expect(position, sentence).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it("never come twice", async () => {
    const text = "The bridge was closed because of the flood.\n\n".repeat(40) + prose(600);
    const chosen = sentencesOf(await summaryOf(text, 300, options));
    expect(new Set(chosen).size).toBe(chosen.length);
  });

  it("lose the line breaks of hard-wrapped text", async () => {
    const wrapped = prose(900).replace(/((?:\S+ ){7}\S+) /g, "$1\r\n");
    const summary = await summaryOf(wrapped, 120, options);
    expect(summary).not.toMatch(/\r|[^.]\n/);
    expect(summary.split(/\n/).every((line) => line.endsWith("."))).toBe(true);
  });

  it("keep the speaker where they begin a turn, each turn on its line", async () => {
    const turns = Array.from({ length: 40 }, (_, index) => {
      const speaker = index % 2 === 0 ? "Project Manager" : "Designer";
      return `${speaker}: The remote control number ${index} needs rubber buttons, a display, batteries, colours and a lower price. Okay.`;
    });
    const summary = await summaryOf(turns.join("\n"), 60, options);
    const lines = summary.split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/^(Project Manager|Designer): The remote .*price\.$/);
  });

  it("of a conversation are long enough to be understood alone, as long as there are such", async () => {
    const turns = Array.from(
      { length: 60 },
      (_, index) =>
        `Ann: Yeah.\nBob: The harbour council votes on budget line ${index}, covering lamps, ropes, engines and wages.\nAnn: Uh, right, okay.`,
    );
    expect(await summaryOf(turns.join("\n"), 80, options)).not.toMatch(/Yeah|okay/);
  });
});

describe("text without sentence marks", () => {
  it("is chosen from line by line when lines are all it has", async () => {
    const lines = Array.from(
      { length: 300 },
      (_, index) => `station ${index} reports wind ${(index * 7) % 50} knots`,
    );
    const summary = await summaryOf(lines.join("\n"), 60, options);
    const chosen = summary.split(/\n+/);
    expect(chosen.length).toBeGreaterThan(3);
    for (const line of chosen) expect(lines).toContain(line);
  });

  it("is cut between words when it has no lines either", async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index % 700}`);
    const summary = await summaryOf(words.join(" "), 200, options);
    expect(wordCounter.count(summary)).toBeGreaterThan(100);
    for (const word of summary.split(/\s+/)) expect(words).toContain(word);
  });
});
