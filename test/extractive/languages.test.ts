import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";
import { paragraphsByLanguage } from "../support/paragraphs-by-language.js";
import { summaryOf } from "./ask.js";

const tokenizer = tiktoken("o200k_base");

describe.each(Object.entries(paragraphsByLanguage))("%s", (language, paragraph) => {
  it("gives whole sentences that fill half of the limit or more", async () => {
    const limit = Math.ceil(tokenizer.count(paragraph) * 0.6);
    const summary = await summaryOf(paragraph, limit, { tokenizer });
    expect(tokenizer.count(summary)).toBeLessThanOrEqual(limit);
    expect(tokenizer.count(summary)).toBeGreaterThan(limit / 2);
    if (language !== "thai") expect(summary).toMatch(/[.。।։]$/u);
  });
});

describe("what a text is about", () => {
  const cases: readonly [string, readonly string[], string][] = [
    [
      "Chinese",
      [
        "今天天气很好。",
        "城市规划部门决定扩建地铁三号线，地铁三号线将连接机场和火车站。",
        "他早上喝了一杯咖啡。",
        "地铁三号线的扩建预计在明年完成，城市规划部门负责监督。",
        "猫在窗台上睡觉。",
      ],
      "地铁三号线",
    ],
    [
      "Japanese",
      [
        "今日は暑いです。",
        "新しい図書館の建設計画が市議会で承認され、図書館は来年の春に開館します。",
        "犬が公園で遊んでいました。",
        "市議会は図書館の建設計画に追加の予算を認め、図書館の開館を支援します。",
        "母が電話をくれました。",
      ],
      "図書館",
    ],
    [
      "Hindi",
      [
        "आज मौसम अच्छा है।",
        "नगर परिषद ने नदी पर नए पुल के निर्माण की योजना को मंज़ूरी दी है।",
        "बिल्ली खिड़की पर सो रही थी।",
        "नए पुल के निर्माण से नदी के दोनों किनारे जुड़ेंगे और नगर परिषद खर्च उठाएगी।",
        "उसने चाय पी।",
      ],
      "पुल के निर्माण",
    ],
    [
      "Arabic",
      [
        "الطقس جميل اليوم.",
        "وافق مجلس المدينة على خطة بناء الجسر الجديد فوق النهر.",
        "نامت القطة على النافذة.",
        "سيربط بناء الجسر الجديد فوق النهر ضفتي المدينة ويدفع مجلس المدينة التكاليف.",
        "شرب الشاي صباحا.",
      ],
      "الجسر الجديد",
    ],
  ];

  it.each(cases)("is found in %s, without a list of stop words", async (_, sentences, topic) => {
    const longest = Math.max(...sentences.map((sentence) => tokenizer.count(sentence)));
    expect(await summaryOf(sentences.join(" "), longest + 1, { tokenizer })).toContain(topic);
  });

  it("stands together as it would in print: no spaces between Chinese sentences", async () => {
    const text = cases[0]?.[1].join("") ?? "";
    expect(await summaryOf(text, 70, { tokenizer })).not.toMatch(/\s/);
  });
});
