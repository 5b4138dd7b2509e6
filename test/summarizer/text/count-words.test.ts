import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countWords } from "@gro/summarizer";
import { anyText } from "../../support/generated-texts.js";
import { unbrokenTexts } from "../../support/unbroken-texts.js";

describe("words", () => {
  it.each([
    ["nothing", "", 0],
    ["white space and signs", " \n — … !? 😀 ", 0],
    ["English", "It's twenty-one o'clock, isn’t it?", 5],
    ["numbers", "In 1812 there were 600 of them.", 7],
    ["German", "Die Straße nach Köln war überflutet.", 6],
    ["letters with separate marks", "cafe\u0301 nai\u0308ve", 2],
    ["Russian", "Прошлой зимой река поднялась так высоко.", 6],
    ["Greek", "Κάθε πρωί ο φούρναρης ανοίγει.", 5],
    ["Arabic with vowel signs", "كَتَبَ الوَلَدُ رِسالَةً", 3],
    ["Hebrew", "בכל בוקר האופה פותח", 4],
    ["Hindi", "हर सुबह बेकर अपनी दुकान खोलता है।", 7],
    ["Tamil", "முதல் வாடிக்கையாளர்கள் வாசலில்", 3],
    ["Korean", "매일 아침 빵집 주인은 문을 연다.", 6],
    ["Chinese, by the character", "每天早上六点，面包师傅就打开店门。", 15],
    ["Japanese, by the character", "コーヒーを飲む。", 7],
    ["Thai, by the letter", "สวัสดี", 4],
    ["Chinese with English in it", "我们用 GPT-4 写 summary。", 6],
  ])("are counted as a reader would: %s", (_, text, words) => {
    expect(countWords(text)).toBe(words);
  });

  it("of two texts are the words of both", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        expect(countWords(`${one}\n${other}`)).toBe(countWords(one) + countWords(other));
      }),
      { numRuns: 200 },
    );
  });

  it.each(unbrokenTexts(1_000_000))("are counted in bounded time: %s", (_, text) => {
    const startedAt = performance.now();
    expect(countWords(text)).toBeGreaterThanOrEqual(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
