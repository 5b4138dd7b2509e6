import { describe, expect, it } from "vitest";
import { InvalidOptionError, SummarizationError, createSummarizer, summarize } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";

const model = scriptedModel();

describe("content", () => {
  it.each([[undefined], [null], [42], [["text"]], [{ text: "text" }], [Buffer.from("text")]])(
    "that is not a string is refused: %o",
    async (content) => {
      await expect(summarize(content as never, { model })).rejects.toMatchObject({
        code: "invalid_content",
        message: expect.stringContaining("must be a string") as string,
      });
    },
  );

  it.each(["", " ", "\n\t \r\n", "\u00a0\u2003\ufeff"])(
    "that is blank has no summary and costs nothing: %j",
    async (content) => {
      const result = await summarize(content, { model: scriptedModel() });
      expect(result).toMatchObject({
        summary: null,
        inputTokens: 0,
        outputTokens: 0,
        compressionRatio: 0,
        sources: null,
      });
      expect(result.usage.calls).toBe(0);
    },
  );
});

describe("an option out of range", () => {
  const cases: [string, object, string, RegExp][] = [
    ["targetTokens", { targetTokens: 0 }, "0", /whole number of at least 1/],
    ["targetTokens", { targetTokens: -1 }, "-1", /whole number of at least 1/],
    ["targetTokens", { targetTokens: NaN }, "NaN", /whole number of at least 1/],
    ["targetTokens", { targetTokens: 1.5 }, "1.5", /whole number of at least 1/],
    ["targetTokens", { targetTokens: Infinity }, "Infinity", /whole number of at least 1/],
    ["targetTokens", { targetTokens: "500" }, '"500"', /whole number of at least 1/],
    ["targetRatio", { targetRatio: 0 }, "0", /above 0 and at most 1/],
    ["targetRatio", { targetRatio: 1.01 }, "1.01", /above 0 and at most 1/],
    ["targetRatio", { targetRatio: NaN }, "NaN", /above 0 and at most 1/],
    ["targetTokens", { targetRatio: 0.5, targetTokens: -3 }, "-3", /at least 1/],
    ["tokenMax", { tokenMax: 63 }, "63", /at least 64/],
    ["chunkSize", { chunkSize: 7 }, "7", /at least 8/],
    ["chunkOverlap", { chunkSize: 100, chunkOverlap: 100 }, "100", /from 0 to 99/],
    ["chunkOverlap", { chunkOverlap: 5000 }, "5000", /from 0 to 2047/],
    ["chunkOverlap", { chunkOverlap: -1 }, "-1", /from 0/],
    ["maxConcurrency", { maxConcurrency: 0 }, "0", /at least 1/],
    ["maxCollapseDepth", { maxCollapseDepth: 0 }, "0", /from 1 to 100/],
    ["timeoutMs", { timeoutMs: 0 }, "0", /from 1/],
    ["timeoutMs", { timeoutMs: 2 ** 31 }, "2147483648", /to 2147483647/],
    ["contentType", { contentType: "poem" }, '"poem"', /"general", "conversation", "journal", "document"/],
    ["contentType.instructions", { contentType: { instructions: " " } }, '" "', /not blank/],
    [
      "contentType.mergeInstructions",
      { contentType: { instructions: "x", mergeInstructions: 3 } },
      "3",
      /not blank/,
    ],
    ["priorSummary", { priorSummary: 12 }, "12", /string or null/],
    ["retry", { retry: 3 }, "3", /retries and delays/],
    ["retry.retries", { retry: { retries: -1 } }, "-1", /at least 0/],
    ["retry.maxDelayMs", { retry: { minDelayMs: 10, maxDelayMs: 5 } }, "5", /at least 10/],
    ["tokenizer", { tokenizer: {} }, "an object", /count\(\)/],
    ["tokenizer.id", { tokenizer: { count: () => 1 } }, "undefined", /a string that names it/],
    ["memo", { memo: { get: () => undefined } }, "an object", /get\(\) and set\(\)/],
    ["events", { events: {} }, "an object", /emit\(\)/],
    ["clock", { clock: { now: () => 1 } }, "an object", /sleep\(\)/],
    ["signal", { signal: {} }, "an object", /addEventListener\(\)/],
    ["model", { model: undefined }, "undefined", /generate\(\)/],
    ["model", { model: "claude" }, '"claude"', /generate\(\)/],
    ["model.id", { model: { generate: () => 1 } }, "undefined", /names it/],
  ];

  it.each(cases)(
    "%s: %j names the option, the value and what is allowed",
    async (option, options, value, allowed) => {
      const error: unknown = await summarize("Some text.", { model, ...options }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect(error).toMatchObject({ option, code: "invalid_option", isRetryable: false });
      expect((error as Error).message).toContain(`Invalid option ${option}: got ${value}, expected`);
      expect((error as Error).message).toMatch(allowed);
    },
  );

  it("is refused before any call and before the content is looked at", async () => {
    const untouched = scriptedModel();
    await expect(summarize("", { model: untouched, chunkSize: -5 })).rejects.toThrow("chunkSize");
    expect(untouched.requests).toHaveLength(0);
  });

  it("without options at all says what is needed", async () => {
    await expect(summarize("text", undefined as never)).rejects.toThrow("an object with a model");
  });

  it("never shows a long value in full", async () => {
    const error: unknown = await summarize("text", { model: "sk-".padEnd(500, "x") as never }).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).message.length).toBeLessThan(200);
  });
});

describe("too few levels of merges", () => {
  it("are refused with the option to change, before any call", async () => {
    const untouched = scriptedModel();
    const text = "The ferry carried seven crates of lamps over the water. ".repeat(60_000);
    const run = summarize(text, { model: untouched, targetTokens: 100, maxCollapseDepth: 1 });
    await expect(run).rejects.toMatchObject({ option: "maxCollapseDepth" });
    expect(untouched.requests).toHaveLength(0);
  });
});

describe("errors", () => {
  it("are told apart by code, also across two copies of the package", async () => {
    const error: unknown = await summarize("text", { model, chunkSize: 1 }).catch(
      (thrown: unknown) => thrown,
    );
    expect(SummarizationError.isInstance(error)).toBe(true);
    expect(SummarizationError.isInstance(new Error("other"))).toBe(false);
    const fromAnotherCopy = Object.assign(new Error("x"), {
      [Symbol.for("@gro/summarizer/SummarizationError")]: true,
    });
    expect(SummarizationError.isInstance(fromAnotherCopy)).toBe(true);
    expect((error as Error).name).toBe("InvalidOptionError");
  });
});

it("a scripted model refuses a behaviour that it does not know, instead of answering with nothing", async () => {
  const behaviour = "helpful" as never;
  expect(() => scriptedModel({ behaviour })).toThrow(
    /behaviour: got "helpful", expected one of obedient, verbose/,
  );
  const onCue = scriptedModel({ cue: () => behaviour });
  await expect(onCue.generate({ system: "", prompt: "x", maxOutputTokens: 9 })).rejects.toThrow(/helpful/);
});

describe("settings that many calls share", () => {
  it("are given once, and each call may differ", async () => {
    const summarizer = createSummarizer({ model, targetTokens: 5 });
    const text = "One two three four five six seven eight nine ten. Eleven twelve thirteen.";
    expect((await summarizer.summarize(text)).outputTokens).toBeLessThanOrEqual(5);
    expect((await summarizer.summarize(text, { targetTokens: undefined })).outputTokens).toBeLessThanOrEqual(
      5,
    );
    expect((await summarizer.summarize(text, { targetTokens: 500 })).summary).toBe(text);
    const byRatio = createSummarizer({ model, targetRatio: 0.9 });
    expect((await byRatio.summarize(text, { targetTokens: 3 })).outputTokens).toBeLessThanOrEqual(3);
  });
});
