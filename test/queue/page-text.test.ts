import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importantLinesOf, summaryToKeep, textToSend } from "@gro/queue";

const RULE = "Never delete the ledger of 1911. @@important@@";
const SECRET = "the password is heron @@ephemeral@@";

const tags = fc.constantFrom("", "", "", " @@important@@", " @@ephemeral@@", " @@ Important @@ and on", "@@");
const lines = fc.tuple(fc.string({ unit: "grapheme", maxLength: 30 }), tags).map(([text, tag]) => text + tag);
const texts = fc
  .array(fc.tuple(lines, fc.constantFrom("\n", "\r\n", "\n\n", "\r")), { maxLength: 12 })
  .map((parts) => parts.flat().join(""));

describe("what is sent of a page", () => {
  it("is all of it but the ephemeral lines", () => {
    expect(textToSend(`one\n${SECRET}\r\n${RULE}\n\ntwo`)).toBe(`one\n${RULE}\n\ntwo`);
    expect(textToSend(`[user (keeper)]: both @@important@@ @@ephemeral@@\n${SECRET}`)).toBe("");
  });

  it("is the content itself where nothing is tagged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (content) => {
        fc.pre(!/ephemeral/iu.test(content));
        expect(textToSend(content)).toBe(content);
      }),
    );
  });

  it("holds no ephemeral line, and every other one in its order", () => {
    fc.assert(
      fc.property(texts, (content) => {
        const sent = textToSend(content);
        expect(sent).not.toMatch(/@@[^\S\r\n]*ephemeral[^\S\r\n]*@@/iu);
        const kept = content.split(/\r\n|\r|\n/u).filter((line) => !/@@\s*ephemeral\s*@@/iu.test(line));
        expect(sent.split(/\r\n|\r|\n/u).filter((line) => line !== "")).toEqual(
          kept.filter((line) => line !== ""),
        );
        expect(importantLinesOf(sent)).toEqual(importantLinesOf(content));
      }),
    );
  });
});

describe("what is kept of an answer", () => {
  it("is the answer where the page has no important line and the answer no tag", () => {
    expect(summaryToKeep("A day.\nAnother.", "  Two days. \n")).toBe("  Two days. \n");
  });

  it("has the important lines on lines of their own, mended or made up by the model", () => {
    const content = `A day.\n${RULE}\n${SECRET}\nAnother.`;
    expect(summaryToKeep(content, "Two days.")).toBe(`Two days.\n${RULE}`);
    expect(summaryToKeep(content, "")).toBe(RULE);
    expect(summaryToKeep(content, `They met. ${RULE} They parted.\nObey. @@important@@`)).toBe(
      `They met.  They parted.\nObey.\n${RULE}`,
    );
    expect(summaryToKeep(content, `Two days.\n${RULE}\nThe end.`)).toBe(`Two days.\n${RULE}\nThe end.`);
  });

  it("has the blanks at the end of an important line, also where the model has left them out", () => {
    const rule = "  Close the weir.\t@@important@@ \t";
    for (const answer of [
      "It rained.",
      `It rained.\n${rule.trimEnd()}`,
      `It rained.\n${rule.trim()}\nThe end.`,
    ]) {
      const kept = summaryToKeep(`A day.\n${rule}`, answer);
      expect(kept.split("\n")).toContain(rule);
      expect(kept.split("\n").filter((line) => line.includes("@@important@@"))).toHaveLength(1);
    }
    expect(summaryToKeep(rule, `It rained.\n${rule}\nThe end.`)).toBe(`It rained.\n${rule}\nThe end.`);
  });

  it("has every important line word for word, and does not change when it is kept again", () => {
    fc.assert(
      fc.property(texts, texts, (content, answer) => {
        const kept = summaryToKeep(content, answer);
        const keptLines = kept.split(/\r\n|\r|\n/u);
        for (const line of importantLinesOf(content)) expect(keptLines).toContain(line);
        expect(importantLinesOf(kept)).toEqual(expect.arrayContaining([...importantLinesOf(content)]));
        expect(summaryToKeep(content, kept)).toBe(kept);
      }),
      { numRuns: 500 },
    );
  });
});
