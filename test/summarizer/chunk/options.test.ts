import { describe, expect, it } from "vitest";
import {
  chunkText,
  InvalidContentError,
  InvalidOptionError,
  TokenizerFailedError,
  type SummarizeOptions,
} from "@gro/summarizer";

type ChunkOptions = Pick<SummarizeOptions, "chunkSize" | "chunkOverlap" | "tokenizer">;

function errorOf(text: unknown, options: unknown): unknown {
  try {
    chunkText(text as string, options as ChunkOptions);
  } catch (error) {
    return error;
  }
  throw new Error("chunkText accepted it");
}

describe("chunkText refuses", () => {
  it.each<[option: string, options: object, value: string, allowed: string]>([
    ["chunkSize", { chunkSize: 7 }, "7", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: 0 }, "0", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: -2048 }, "-2048", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: 100.5 }, "100.5", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: NaN }, "NaN", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: Infinity }, "Infinity", "a whole number of at least 8"],
    ["chunkSize", { chunkSize: "x" }, '"x"', "a whole number of at least 8"],
    ["chunkSize", { chunkSize: "2048" }, '"2048"', "a whole number of at least 8"],
    ["chunkOverlap", { chunkSize: 100, chunkOverlap: 100 }, "100", "a whole number from 0 to 99"],
    ["chunkOverlap", { chunkSize: 100, chunkOverlap: 101 }, "101", "a whole number from 0 to 99"],
    ["chunkOverlap", { chunkOverlap: 2048 }, "2048", "a whole number from 0 to 2047"],
    ["chunkOverlap", { chunkOverlap: -1 }, "-1", "a whole number from 0 to 2047"],
    ["chunkOverlap", { chunkOverlap: NaN }, "NaN", "a whole number from 0 to 2047"],
    ["chunkOverlap", { chunkOverlap: "20" }, '"20"', "a whole number from 0 to 2047"],
    ["tokenizer", { tokenizer: {} }, "an object", "count()"],
    ["tokenizer", { tokenizer: "o200k_base" }, '"o200k_base"', "count()"],
  ])("%s in %o, naming the value and what is allowed", (option, options, value, allowed) => {
    const error = errorOf("text", options);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ code: "invalid_option", option });
    const { message } = error as InvalidOptionError;
    for (const part of [option, value, allowed]) expect(message).toContain(part);
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "number"],
    [["text"], "an array"],
    [{}, "object"],
  ])("content that is not a string: %o", (content, received) => {
    const error = errorOf(content, {});
    expect(error).toBeInstanceOf(InvalidContentError);
    expect((error as InvalidContentError).message).toContain(`must be a string, got ${received}`);
  });

  it("options that are wrong before it looks at the content", () => {
    expect(errorOf("", { chunkSize: 7 })).toBeInstanceOf(InvalidOptionError);
  });

  it.each([NaN, -1, Infinity, undefined])("a tokenizer that counts %s", (count) => {
    const error = errorOf("Some text.", { tokenizer: { id: "broken", count: () => count } });
    expect(error).toBeInstanceOf(TokenizerFailedError);
    expect((error as TokenizerFailedError).message).toContain(`broken counted ${String(count)} tokens`);
  });

  it("a tokenizer for which no character fits a chunk", () => {
    const tokenizer = { id: "hungry", count: (text: string) => text.length * 100 };
    const error = errorOf("Some text.", { chunkSize: 64, tokenizer });
    expect(error).toBeInstanceOf(TokenizerFailedError);
    expect((error as TokenizerFailedError).message).toContain("chunkSize must be larger");
  });
});

describe("chunkText allows", () => {
  it("an overlap as large as the size permits, and none at all", () => {
    const text = "One sentence. ".repeat(40);
    const overlapping = chunkText(text, { chunkSize: 8, chunkOverlap: 7 });
    expect(overlapping.slice(1).every(({ contextStart, start }) => contextStart < start)).toBe(true);
    const separate = chunkText(text, { chunkSize: 8, chunkOverlap: 0 });
    expect(separate.every(({ contextStart, start }) => contextStart === start)).toBe(true);
  });

  it("a small size without naming an overlap that fits it", () => {
    expect(chunkText("One sentence. ".repeat(40), { chunkSize: 16 }).length).toBeGreaterThan(5);
  });

  it("options that are left undefined", () => {
    const text = "One sentence. ".repeat(1000);
    const options = { chunkSize: undefined, chunkOverlap: undefined, tokenizer: undefined };
    expect(chunkText(text, options)).toEqual(chunkText(text));
  });
});
