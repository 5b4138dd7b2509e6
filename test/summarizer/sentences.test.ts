import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceSpans } from "@gro/summarizer";
import { sentenceEnds } from "../../packages/summarizer/src/plan/text/sentences.js";
import * as corpus from "../support/corpus.js";
import { paragraphsByLanguage } from "../support/paragraphs-by-language.js";
import { seededRandom } from "../support/prose.js";

/** The sentences of a text, `|` marking where each ends. */
function marked(text: string): string {
  return sentenceSpans(text)
    .map(({ start, end }) => text.slice(start, end))
    .join("|");
}

/** The text without marks must be cut exactly at them. */
function expectCutAt(expected: string): void {
  expect(marked(expected.replaceAll("|", ""))).toBe(expected);
}

describe("a sentence ends", () => {
  it.each([
    "It rained. |We left! |Did you? |Yes.",
    "“Stop.” |He turned. |(They ran.) |All of them.",
    "Really?! |Well... |Maybe so… |Fine.",
    "The end of a heading\n\n|A paragraph follows. |And another one.\r\n\r\n|The last.",
    "It works.[3] |It is cheap. [14] |It is done.",
    "今天很好。|你呢？|「是的。」|走吧！",
    "यह अच्छा है। |वह गया। |हाँ।",
    "هل أنت بخير؟ |نعم. |وداعا.",
    "Խանութը բաց է։ |Հացը թարմ է։ |Այո։",
  ])("at its mark: %j", expectCutAt);

  it.each([
    "Ann: so we start\n|Bob: yes\n|Ann: fine",
    "[doctor] hi , brian . |how are you ?\n|[patient] hi",
    "user: what is it\n|assistant: a lamp\n|user: thanks",
    "发言人1：你好\n|发言人2：再见",
    "We need:\n|- lamps\n|- ropes\n|1. first, oil\n|2. then wicks",
    "# The plan\n|we start at noon. |Then we eat.",
    "it was over.\n\n|RESULTS\n|the cells grew. |they were counted.",
  ])("where a line is one of its own: %j", expectCutAt);

  it.each([
    "mast cells mature in tissue. |there they take part in both kinds of response. |they are long-lived",
    "i fell . |then i got up . |it was e. coli , they said",
    "we used PCR for it. |then RNA was added. |all of it grew",
  ])("before a small letter where all letters are small: %j", expectCutAt);
});

describe("a sentence goes on", () => {
  it.each([
    "Dr. Smith met J. R. R. Tolkien in St. Louis on Jan. 5 with the U.S. Navy. |Then he left.",
    "See Fig. 3, Sec. 4 and No. 7 for it. |He said no. |Then he sat. |Fine.",
    "Smith et al. Found nothing, vs. Jones Inc. Ltd. in May. |Fine? |It was I. |Yes.",
    "“Stop!” he said. |“Why?” asked she. |“Because,” he said.",
    "It costs 3.50 or so, e.g. at noon (approx. five). |Cheap.",
    "Es begann am 3. Oktober in der Hauptstr. z.B. im Haus. |Dann nicht.",
    "He waited . . . and waited... until noon. |Then he went :-) and slept.",
    "A line that is wrapped\nby hand at some\nwidth goes on. |So does\nthis one.",
  ])("after an abbreviation, an initial, a number or a quotation: %j", expectCutAt);
});

describe("spans", () => {
  it("are the whole text again, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...Object.values(paragraphsByLanguage))),
        (text) => {
          expect(marked(text).replaceAll("|", "")).toBe(text.replaceAll("|", ""));
          const ends = sentenceEnds(text);
          expect(ends).toEqual([...new Set(ends)].toSorted((one, other) => one - other));
          expect(ends.every((end) => end > 0 && end < text.length)).toBe(true);
        },
      ),
    );
  });
});

describe(`real texts${corpus.note}`, () => {
  /** As the chunker reads: a range with this much around it. */
  const surroundings = 96;

  it.skipIf(corpus.isAbsent)("are cut by what stands near, never by where the text began", () => {
    const random = seededRandom(5);
    for (const { text } of corpus.allCorpusTexts().filter((_, index) => index % 9 === 0)) {
      const part = text.slice(0, 60_000);
      const everywhere = sentenceEnds(part);
      for (let round = 0; round < 40; round += 1) {
        const low = Math.floor(random() * part.length);
        const high = Math.min(low + 400, part.length - 1);
        const origin = Math.max(0, low - surroundings);
        const inRange = (offset: number) => offset > low && offset <= high;
        const near = sentenceEnds(part.slice(origin, high + surroundings)).map((offset) => origin + offset);
        expect(near.filter(inRange)).toEqual(everywhere.filter(inRange));
      }
    }
  });
});

describe("a million characters of", () => {
  it.each([
    ["full stops", ".".repeat(1_000_000)],
    ["full stops and spaces", ". ".repeat(500_000)],
    ["small initials", ". a".repeat(333_333)],
    ["initials", "A. ".repeat(333_333)],
    ["line breaks", "\n".repeat(1_000_000)],
    ["carriage returns", `\n${"\r".repeat(1_000_000)}`],
    ["lines of spaces", `\n${" ".repeat(999)}`.repeat(1_000)],
    ["almost labels", `\n${"Aaaaaaaaaaaaaaaaaaaaaaa ".repeat(4)}`.repeat(10_000)],
    ["almost headings", "\n\nAAA".repeat(200_000)],
    ["almost footnotes", ". [1".repeat(250_000)],
    ["numbered lines", "1.\n".repeat(333_333)],
  ])("%s take well under a second or two", (_, text) => {
    const startedAt = performance.now();
    sentenceEnds(text);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
