import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import {
  approximate,
  chunkText,
  summarize,
  tiktoken,
  type LoadableTokenizer,
  type Tokenizer,
} from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { brokenChunkPromises } from "../../support/chunk-checks.js";
import { prose } from "../../support/prose.js";

const text = prose(6000);

describe("gpt-tokenizer", () => {
  // The one line that plugs it in; without the option it refuses texts that contain "<|endoftext|>".
  const tokenizer: Tokenizer = {
    id: "gpt-tokenizer:o200k_base",
    count: (part) => countTokens(part, { disallowedSpecial: new Set() }),
  };

  it("chunks a text as tiktoken does", () => {
    const options = { chunkSize: 500, chunkOverlap: 50, tokenizer };
    const chunks = chunkText(text, options);
    expect(brokenChunkPromises(text, chunks, options)).toEqual([]);
    expect(chunks).toEqual(chunkText(text, { ...options, tokenizer: tiktoken("o200k_base") }));
  });

  it("counts what summarize reads and writes", async () => {
    const model = scriptedModel({ tokenizer });
    const result = await summarize(text, { model, targetTokens: 400, tokenizer });
    expect(result.inputTokens).toBe(countTokens(text));
    expect(result.outputTokens).toBe(countTokens(result.summary ?? ""));
    expect(result.outputTokens).toBeLessThanOrEqual(400);
    expect(result.warnings).toEqual([]);
  });

  it("takes the names of special tokens as text", async () => {
    const content = `${text} <|endoftext|> ${text}`;
    const result = await summarize(content, { model: scriptedModel(), targetTokens: 400, tokenizer });
    expect(result.inputTokens).toBe(tiktoken("o200k_base").count(content));
  });
});

describe("a tokenizer that has to load", () => {
  const sleepy = (load: () => Promise<void>): LoadableTokenizer => {
    let isLoaded = false;
    return {
      id: "sleepy",
      async load() {
        await load();
        isLoaded = true;
      },
      count(part) {
        if (!isLoaded) throw new Error("asked before it was loaded");
        return Math.ceil(part.length / 5);
      },
    };
  };

  it("is loaded before the first count", async () => {
    const tokenizer = sleepy(async () => undefined);
    const result = await summarize(text, { model: scriptedModel(), targetTokens: 300, tokenizer });
    expect(result.inputTokens).toBe(Math.ceil(text.length / 5));
    expect(result.warnings).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["an error", new Error("no such file: o200k_base")],
    ["anything else", "no such file: o200k_base"],
  ])("and cannot is replaced by estimates, with a warning that says why: %s", async (_, reason) => {
    const tokenizer = sleepy(async () => {
      throw reason;
    });
    const result = await summarize(text, { model: scriptedModel(), targetTokens: 300, tokenizer });
    expect(result.inputTokens).toBe(approximate().count(text));
    expect(approximate().count(result.summary ?? "")).toBeLessThanOrEqual(300);
    expect(result.warnings).toEqual([
      {
        code: "tokenizer_fallback",
        message: expect.stringMatching(/sleepy.*no such file: o200k_base/) as string,
      },
    ]);
  });
});
