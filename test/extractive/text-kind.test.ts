import { describe, expect, it } from "vitest";
import { approximate } from "@gro/summarizer";
import { candidateSentences } from "../../packages/extractive/src/candidate-sentences.js";
import { isConversation, methodFor } from "../../packages/extractive/src/text-kind.js";
import * as corpus from "../support/corpus.js";
import { prose } from "../support/prose.js";

function sentencesOf(text: string) {
  return candidateSentences([text], approximate());
}

const story = Array.from(
  { length: 20 },
  (_, index) => `The ferryman turned round. "There are ${index} of them," he said. Nobody answered.`,
).join("\n\n");

const meeting = Array.from(
  { length: 20 },
  (_, index) => `Ann: We have ${index} lamps.\nBob: Then we buy more. Soon.`,
);

describe("the method", () => {
  it.each([
    ["a story with direct speech", story, "centroid"],
    ["speech in French marks", story.replaceAll(/"([^"]*)"/g, "«$1»"), "centroid"],
    ["speech after dashes", "— Пойдём, — сказал он.\n\nОна молчала.\n\n".repeat(9), "centroid"],
    ["plain prose", prose(500), "centrality"],
    [
      "terms in quotation marks",
      'The "step key" names a step. Its "memo" keeps it. '.repeat(20),
      "centrality",
    ],
    [
      "a meeting, even one where people are quoted",
      meeting.join('\nAnn: "Buy them," she said.\n'),
      "centrality",
    ],
    ["nothing", "", "centrality"],
  ])("for %s", (_, text, method) => {
    expect(methodFor(sentencesOf(text))).toBe(method);
  });
});

describe("a conversation", () => {
  it.each([
    ["names", meeting.join("\n")],
    ["roles in small letters", "user: what is it\nassistant: a lamp\n".repeat(9)],
    ["brackets", "[doctor] how are you ?\n[patient] fine , thanks .\n".repeat(9)],
    ["full-width colons", "发言人1：你好。\n发言人2：再见。\n".repeat(9)],
  ])("is known by its speakers: %s", (_, text) => {
    expect(isConversation(sentencesOf(text))).toBe(true);
  });

  it.each([
    ["prose with a colon", "Note: the door is open. Then he left. Nobody saw it. It rained."],
    ["an outline whose labels never come again", "Aim: to know. \nMethod: we ask. \nResult: we know. \n"],
    ["nothing", ""],
  ])("is not seen in %s", (_, text) => {
    expect(isConversation(sentencesOf(text))).toBe(false);
  });
});

describe(`real texts${corpus.note}`, () => {
  it.skipIf(corpus.isAbsent)("are told apart", () => {
    const kinds = (texts: readonly corpus.CorpusText[]) =>
      texts.map(({ text }) => {
        const sentences = sentencesOf(text);
        return isConversation(sentences)
          ? "conversation"
          : methodFor(sentences) === "centroid"
            ? "story"
            : "document";
      });
    const share = (texts: readonly corpus.CorpusText[], kind: string) =>
      kinds(texts).filter((found) => found === kind).length / texts.length;
    expect(share(corpus.qmsumMeetings(), "conversation")).toBe(1);
    expect(share(corpus.aciBenchTalks(), "conversation")).toBe(1);
    expect(share(corpus.sumpubmedPapers(), "document")).toBe(1);
    expect(share(corpus.squalityStories(), "story")).toBeGreaterThanOrEqual(0.9);
  });
});
