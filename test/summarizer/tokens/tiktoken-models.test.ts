import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";

describe("tiktoken", () => {
  it.each([
    ["gpt-4o", "o200k_base"],
    ["gpt-4.1", "o200k_base"],
    ["gpt-4", "cl100k_base"],
    ["gpt-3.5-turbo", "cl100k_base"],
    ["text-embedding-3-small", "cl100k_base"],
    ["text-davinci-003", "p50k_base"],
    ["davinci", "r50k_base"],
  ])("knows the encoding of %s", (model, encoding) => {
    expect(tiktoken(model).id).toBe(`tiktoken:${encoding}`);
  });

  it.each([
    "openai:gpt-4",
    "openai/gpt-4",
    "azure/openai/gpt-4",
    "ft:gpt-4:my-team::8abc",
    "openai:cl100k_base",
  ])("looks past what vendors and gateways put around a name: %s", (model) => {
    expect(tiktoken(model).id).toBe("tiktoken:cl100k_base");
  });

  it.each([
    "",
    "claude-haiku-4-5",
    "anthropic:claude-haiku-4-5",
    "llama3:8b",
    "gpt-9",
    "constructor",
    ":",
    "🦙",
  ])("counts with the newest encoding for a model that it does not know: %j", (model) => {
    expect(tiktoken(model).id).toBe("tiktoken:o200k_base");
  });

  it("counts with the newest encoding when nothing is said", () => {
    expect(tiktoken().id).toBe("tiktoken:o200k_base");
  });

  it.each(["o200k_base", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base", "gpt2"])(
    "counts with %s by name",
    (encoding) => {
      const tokenizer = tiktoken(encoding);
      expect(tokenizer.id).toBe(`tiktoken:${encoding}`);
      expect(tokenizer.count("The ferry came at six.")).toBe(6);
    },
  );

  it("counts differently where the encodings differ", () => {
    const text = "Прошлой зимой река поднялась так высоко.";
    expect(tiktoken("gpt-4o").count(text)).toBeLessThan(tiktoken("gpt-4").count(text));
  });
});
