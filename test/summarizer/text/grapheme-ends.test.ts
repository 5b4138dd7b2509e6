import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inOneGo } from "../../../packages/summarizer/src/plan/in-parts.js";
import { beginsCharacter, graphemeEnds } from "../../../packages/summarizer/src/plan/text/graphemes.js";
import { anyText } from "../../support/generated-texts.js";
import { moreUnbrokenTexts, unbrokenTexts } from "../../support/unbroken-texts.js";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Where characters end according to the platform, for short texts. */
function endsByPlatform(text: string): number[] {
  return Array.from(segmenter.segment(text), ({ index, segment }) => index + segment.length);
}

describe("the ends of characters", () => {
  it("are the platform's, in texts of any length", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(inOneGo(graphemeEnds(text, 0, text.length))).toEqual(endsByPlatform(text));
      }),
      { numRuns: 300 },
    );
  });

  it("are the same when only a part is asked for", () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, some, more) => {
        const ends = [0, ...endsByPlatform(text)];
        const start = ends[some % ends.length] ?? 0;
        const end = Math.min(text.length, start + (more % 700));
        const expected = ends.filter((offset) => offset > start && offset <= end);
        expect(inOneGo(graphemeEnds(text, start, end))).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([...unbrokenTexts(200_000), ...moreUnbrokenTexts(200_000)])(
    "ascend to the end of the text, soon and never within a pair: %s",
    (_, text) => {
      const startedAt = performance.now();
      const ends = inOneGo(graphemeEnds(text, 0, text.length));
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(ends.at(-1)).toBe(text.length);
      let last = 0;
      const unsound = ends.filter((offset) => {
        const isWithinPair = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(offset - 1, offset + 1));
        const isLarge = offset - last > 256;
        const isBehind = offset <= last;
        last = offset;
        return isWithinPair || isLarge || isBehind;
      });
      expect(unsound).toEqual([]);
    },
  );
});

/** Where Unicode keeps its marks and joiners, without the large blocks of Chinese and Korean characters. */
const PLACES_OF_MARKS = [
  [0x300, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x1fbff],
  [0xe0000, 0xe01ff],
] as const;

describe("after a space", () => {
  it("no character begins with what the platform joins to it", () => {
    const missed: string[] = [];
    for (const [first, last] of PLACES_OF_MARKS) {
      for (let codePoint = first; codePoint <= last; codePoint += 1) {
        const text = ` ${String.fromCodePoint(codePoint)}`;
        const isJoined = endsByPlatform(text).length === 1;
        if (isJoined && beginsCharacter(text, 1)) missed.push(codePoint.toString(16));
      }
    }
    expect(missed).toEqual([]);
  });
});
