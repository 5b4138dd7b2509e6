import { describe, expect, it } from "vitest";
import { extractive } from "@gro/extractive";
import { InvalidOptionError, approximate, summarize, tiktoken } from "@gro/summarizer";
import { writePrompt } from "../../packages/summarizer/src/plan/prompts/frame.js";
import { prose } from "../support/prose.js";
import { ask, summaryOf, wordCounter } from "./ask.js";

const text = prose(2_000);

describe("the id", () => {
  it("is extractive:1 with the defaults, said or left out", () => {
    expect(extractive().id).toBe("extractive:1");
    expect(extractive({ method: "auto", tokenizer: tiktoken("o200k_base") }).id).toBe("extractive:1");
  });

  it("differs wherever answers may differ", () => {
    const ids = [
      extractive(),
      extractive({ method: "centroid" }),
      extractive({ method: "centrality" }),
      extractive({ tokenizer: approximate() }),
      extractive({ method: "centroid", tokenizer: approximate() }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("an answer", () => {
  it("is the same for the same request, in any order and all at once", async () => {
    const model = extractive();
    const request = { system: "", prompt: text, maxOutputTokens: 200 };
    const [one, other] = await Promise.all([model.generate(request), extractive().generate(request)]);
    await model.generate({ system: "", prompt: prose(500, 7), maxOutputTokens: 90 });
    expect(other).toEqual(one);
    expect(await model.generate(request)).toEqual(one);
  });

  it("ends by itself and says what it used, by the given tokenizer", async () => {
    const prompt = writePrompt("Summarize.", { words: 40, unit: "words", tokens: 40 }, [
      { name: "text", text },
    ]);
    const model = extractive({ tokenizer: wordCounter });
    const completion = await model.generate({ system: "Be brief.", prompt, maxOutputTokens: 1_000 });
    expect(completion.finishReason).toBe("stop");
    expect(completion.usage).toEqual({
      inputTokens: 2 + wordCounter.count(prompt),
      outputTokens: wordCounter.count(completion.text),
    });
  });

  it("keeps to maxOutputTokens where that is less than the prompt's limit", async () => {
    const { usage } = await ask({ sections: [{ name: "text", text }], limit: 400, maxOutputTokens: 60 });
    expect(usage.outputTokens).toBeLessThanOrEqual(60);
    expect(usage.outputTokens).toBeGreaterThan(40);
  });

  it("takes a prompt of another shape as the text, and maxOutputTokens as the limit", async () => {
    const { text: summary, usage } = await extractive().generate({
      system: "",
      prompt: text,
      maxOutputTokens: 80,
    });
    for (const sentence of summary.match(/[^.]+says\./g) ?? []) expect(text).toContain(sentence.trim());
    expect(usage.outputTokens).toBeLessThanOrEqual(80);
  });

  it("loads its tokenizer before the first count", async () => {
    let isLoaded = false;
    const tokenizer = {
      id: "late",
      async load() {
        isLoaded = true;
      },
      count(counted: string) {
        if (!isLoaded) throw new Error("counted before it was loaded");
        return wordCounter.count(counted);
      },
    };
    expect(await summaryOf(text, 50, { tokenizer })).not.toBe("");
  });
});

describe("a request that is stopped", () => {
  it("throws the signal's reason", async () => {
    const reason = new Error("enough");
    const request = { system: "", prompt: text, maxOutputTokens: 80, signal: AbortSignal.abort(reason) };
    await expect(extractive().generate(request)).rejects.toBe(reason);
  });
});

describe("an unknown method", () => {
  it("is refused at once", () => {
    expect(() => extractive({ method: "magic" as never })).toThrow(InvalidOptionError);
    expect(() => extractive({ method: "magic" as never })).toThrow(/"magic".*auto, centrality, centroid/);
  });
});

describe("in a whole run", () => {
  it("gives a summary of about the length that was asked for, over several levels", async () => {
    const long = prose(12_000, 3);
    const result = await summarize(long, { model: extractive(), targetTokens: 600 });
    expect(result.collapseDepth).toBeGreaterThan(0);
    expect(result.outputTokens).toBeLessThanOrEqual(600);
    expect(result.outputTokens).toBeGreaterThan(450);
    expect(result.fit).toBe("model");
  });
});
