import { describe, expect, it } from "vitest";
import { approximate } from "@gro/summarizer";
import { candidateSentences } from "../../packages/extractive/src/candidate-sentences.js";
import { directionalCentrality } from "../../packages/extractive/src/centrality.js";
import { centroidPicker } from "../../packages/extractive/src/centroid.js";
import { coveragePicker } from "../../packages/extractive/src/coverage.js";
import { termSpace } from "../../packages/extractive/src/term-vectors.js";

function spaceOf(...sentences: string[]) {
  const candidates = candidateSentences([sentences.join(" ")], approximate());
  expect(candidates).toHaveLength(sentences.length);
  return termSpace(candidates);
}

function indexOfGreatest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

const ferry = "The ferry to the islands sails on Monday.";
const filler = [
  "Marta sold lamps.",
  "Clerks count crates.",
  "Geese crossed roads.",
  "Wind turned mills.",
  "Snow hid paths.",
];

describe("centrality", () => {
  it("is greatest where others say the like", () => {
    const space = spaceOf(
      filler[0] ?? "",
      ferry,
      filler[1] ?? "",
      "The ferry to the islands is late.",
      filler[2] ?? "",
    );
    const centrality = directionalCentrality(space, [0, 0, 0, 0, 0]);
    expect([1, 3]).toContain(indexOfGreatest(centrality));
    expect(Math.min(...centrality)).toBe(0);
  });

  it("goes to the one nearest to an edge among the like", () => {
    const like = "The ferry to the islands sails.";
    const space = spaceOf(
      ...filler.slice(0, 1),
      like,
      ...filler.slice(1, 3),
      `So ${like}`,
      ...filler.slice(3),
      `Thus ${like}`,
    );
    const centrality = directionalCentrality(
      space,
      Array.from({ length: 8 }, () => 0),
    );
    expect(centrality[1]).toBeGreaterThan(centrality[4] ?? 0);
    expect(centrality[7]).toBeGreaterThan(centrality[4] ?? 0);
  });

  it("counts likeness to other sources", () => {
    const space = spaceOf("Marta sold lamps.", ferry, "The ferry to the islands is late.");
    expect(indexOfGreatest(directionalCentrality(space, [0, 0, 1]))).toBeGreaterThan(0);
  });
});

describe.each([
  [
    "coverage",
    (...sentences: string[]) =>
      coveragePicker(
        spaceOf(...sentences),
        sentences.map(() => 1),
        sentences.map(() => 10),
      ),
  ],
  ["centroid", (...sentences: string[]) => centroidPicker(spaceOf(...sentences))],
] as const)("by %s", (_, pickerFor) => {
  it("a sentence loses worth when its like is picked", () => {
    const picker = pickerFor(
      ferry,
      "The ferry to the islands sails on Monday morning.",
      "The harbour council pays on Monday.",
    );
    picker.pick(0);
    expect(picker.worth(1)).toBeLessThan(picker.worth(2));
  });

  it("a sentence without words is worth nothing", () => {
    expect(pickerFor("Lamps were sold.", "***!", "Lamps were bought.").worth(1)).toBe(0);
  });
});
