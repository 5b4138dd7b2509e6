import { describe, expect, it } from "vitest";
import { summarize, tiktoken, toStorageRecord, type SourceNode } from "@gro/summarizer";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
const text = prose(40_000);
const clock = virtualClock({ startsAt: Date.UTC(2026, 10, 20, 12) });
const run = (options: object = {}) =>
  summarize(text, { model: scriptedModel({ tokenizer }), targetTokens: 300, tokenizer, clock, ...options });

function leaves(node: SourceNode): SourceNode[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leaves);
}

describe("a result", () => {
  it("gives the figures of the run", async () => {
    const model = scriptedModel({ tokenizer });
    const result = await run({ model });
    const sent = model.requests.reduce(
      (sum, { system, prompt }) => sum + tokenizer.count(system) + tokenizer.count(prompt),
      0,
    );
    expect(result).toMatchObject({
      inputTokens: tokenizer.count(text),
      createdAt: "2026-11-20T12:00:00.000Z",
      usage: { calls: model.requests.length, inputTokens: sent, memoHits: 0 },
      warnings: [],
    });
    expect(result.compressionRatio).toBeCloseTo(result.outputTokens / result.inputTokens, 12);
  });

  it("shows the tree: every summary, the part of the text it stands for, and its step", async () => {
    const { sources, summary, collapseDepth } = await run();
    if (sources === null) throw new Error("There are sources for every summary.");
    expect(sources.text).toBe(summary);
    expect(sources.span).toEqual({ start: 0, end: text.length });
    expect(collapseDepth).toBe(2);
    const chunks = leaves(sources);
    expect(chunks.map(({ span }) => text.slice(span.start, span.end)).join("")).toBe(text);
    for (const { kind, stepKey } of chunks) {
      expect(kind).toBe("chunk");
      expect(stepKey).toMatch(/^[\w-]{43}$/);
    }
    const check = (node: SourceNode) => {
      if (node.children.length === 0) return;
      expect(node.span).toEqual({ start: node.children[0]?.span.start, end: node.children.at(-1)?.span.end });
      node.children.forEach(check);
    };
    check(sources);
  });

  it("joins several summaries where one merge could not hold the target", async () => {
    const { sources, summary } = await run({ targetTokens: 4000 });
    expect(sources?.kind).toBe("join");
    expect(sources?.children.map((child) => child.text).join("\n\n")).toBe(summary);
    expect(sources?.children).toHaveLength(3);
  });

  it("survives JSON", async () => {
    const result = await run();
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it("says that the prior summary is not in content that stands as it is", async () => {
    const result = await summarize("Short.", { model: scriptedModel(), priorSummary: "Before." });
    expect(result).toMatchObject({ summary: "Short.", warnings: [{ code: "prior_summary_unused" }] });
  });
});

describe("the target", () => {
  it("is a ratio of the input before a number of tokens before tokenMax", async () => {
    const targetOf = async (options: object) => (await run(options)).outputTokens;
    const inputTokens = tokenizer.count(text);
    expect(await targetOf({ targetRatio: 0.01, targetTokens: 9_999 })).toBeLessThanOrEqual(
      inputTokens * 0.01,
    );
    expect(await targetOf({ targetTokens: undefined, tokenMax: 1000 })).toBeLessThanOrEqual(1000);
    expect(await targetOf({ targetTokens: undefined })).toBeGreaterThan(2000);
  });

  it("is at least one token, however small the ratio", async () => {
    const result = await run({ targetRatio: 1e-9 });
    expect(result.outputTokens).toBe(1);
  });
});

describe("the storage record of a summary", () => {
  it("has the keys that hosts read", async () => {
    const result = await run();
    expect(toStorageRecord(result, "chat-7")).toEqual({
      id: "chat-7:summary",
      content: result.summary,
      metadata: {
        conversation_id: "chat-7",
        role: "summary",
        input_tokens: result.inputTokens,
        output_tokens: result.outputTokens,
        compression_ratio: result.compressionRatio,
        collapse_depth: result.collapseDepth,
        created_at: "2026-11-20T12:00:00.000Z",
        is_final: true,
      },
    });
  });

  it("is empty for blank content", async () => {
    const result = await summarize("", { model: scriptedModel() });
    expect(toStorageRecord(result, "c").content).toBe("");
  });
});
