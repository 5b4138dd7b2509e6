import { describe, expect, it } from "vitest";
import { memoryMemo, summarize, tiktoken, type Memo, type SummarizeOptions } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
const text = prose(12_000);

/** A memo that also tells in which order keys were asked for. */
function recordingMemo(): Memo & { readonly asked: string[] } {
  const memo = memoryMemo();
  const asked: string[] = [];
  return {
    asked,
    get(key) {
      asked.push(key);
      return memo.get(key);
    },
    set: (key, completion) => memo.set(key, completion),
  };
}

async function keysOf(options: Partial<SummarizeOptions>, content = text): Promise<string[]> {
  const memo = recordingMemo();
  const model = scriptedModel({ tokenizer });
  await summarize(content, { model, targetTokens: 300, tokenizer, memo, maxConcurrency: 1, ...options });
  return memo.asked;
}

describe("step keys", () => {
  it("are the same, in the same order, for the same input and settings", async () => {
    const keys = await keysOf({});
    expect(keys.length).toBeGreaterThan(5);
    expect(await keysOf({})).toEqual(keys);
  });

  it("are base64url of a SHA-256, within every provider's limit for ids", async () => {
    for (const key of await keysOf({})) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("do not change from one release to the next, or memos lose their worth", async () => {
    const keys = await keysOf({}, prose(900, 5));
    expect(keys).toMatchSnapshot();
  });

  it.each<[string, Partial<SummarizeOptions>]>([
    ["the prior summary", { priorSummary: "Marta had lost the ledger." }],
    ["the content type", { contentType: "journal" }],
    ["own prompts", { contentType: { instructions: "Keep the prices." } }],
    ["the model", { model: scriptedModel({ id: "another", tokenizer }) }],
    ["the target", { targetTokens: 5_000 }],
    ["the chunk size", { chunkSize: 1000 }],
  ])("all change with %s", async (_, options) => {
    const before = new Set(await keysOf({}));
    for (const key of await keysOf(options)) expect(before).not.toContain(key);
  });

  it("of all chunks with a context change with the overlap", async () => {
    const calls = async (chunkOverlap: number) => {
      const model = scriptedModel({ tokenizer });
      await summarize(text, { model, targetTokens: 5_000, tokenizer, chunkOverlap });
      return model.requests.map(({ prompt }) => prompt);
    };
    const before = await calls(200);
    const after = await calls(50);
    expect(after[0]).toBe(before[0]);
    expect(after.slice(1).filter((prompt) => before.includes(prompt))).toEqual([]);
  });

  it("of merges change with tokenMax, which decides what is merged", async () => {
    expect(await keysOf({ tokenMax: 700 })).not.toEqual(await keysOf({}));
  });

  it.each<[string, Partial<SummarizeOptions>]>([
    ["maxConcurrency", { maxConcurrency: 32 }],
    ["timeoutMs", { timeoutMs: 5_000 }],
    ["retry", { retry: { retries: 0 } }],
  ])("do not change with %s", async (_, options) => {
    expect((await keysOf(options)).sort()).toEqual((await keysOf({})).sort());
  });

  it("tell texts apart that differ in one lone surrogate", async () => {
    const first = await keysOf({}, `${prose(500)}\ud800`);
    const second = await keysOf({}, `${prose(500)}\ud801`);
    expect(first.at(-1)).not.toBe(second.at(-1));
  });
});

describe("a memo", () => {
  it("that knows every step spares every call and gives the same result", async () => {
    const memo = memoryMemo();
    const options = { targetTokens: 300, tokenizer, memo };
    const first = await summarize(text, {
      ...options,
      model: scriptedModel({ behaviour: "verbose", tokenizer }),
    });
    const model = scriptedModel({ behaviour: "verbose", tokenizer });
    const second = await summarize(text, { ...options, model, maxConcurrency: 40 });
    expect(model.requests).toHaveLength(0);
    expect(second.usage).toMatchObject({ calls: 0, inputTokens: 0, memoHits: first.usage.calls });
    expect({ ...second, createdAt: first.createdAt, usage: first.usage }).toEqual(first);
  });

  it("makes a run after a failure go on where it was", async () => {
    const memo = memoryMemo();
    const failing = scriptedModel({
      tokenizer,
      cue: (_, call) => (call === 6 ? new Error("gone") : undefined),
    });
    const options = { targetTokens: 300, tokenizer, memo, maxConcurrency: 2 };
    await expect(summarize(text, { ...options, model: failing })).rejects.toThrow("gone");
    const paid = failing.requests.length - 1;
    const model = scriptedModel({ tokenizer });
    const result = await summarize(text, { ...options, model });
    expect(result.usage.memoHits).toBe(paid);
    expect(result.summary).toBe((await summarize(text, { ...options, model, memo: memoryMemo() })).summary);
  });

  it("pays only for what an edit touched", async () => {
    const long = prose(60_000, 9);
    const memo = memoryMemo();
    const options = { targetTokens: 500, tokenizer, memo };
    const first = await summarize(long, { ...options, model: scriptedModel({ tokenizer }) });
    const at = long.indexOf("\n\n", long.length / 2) + 2;
    const edited = `${long.slice(0, at)}A new paragraph tells of the lighthouse.\n\n${long.slice(at)}`;
    const second = await summarize(edited, { ...options, model: scriptedModel({ tokenizer }) });
    expect(second.usage.inputTokens).toBeLessThan(first.usage.inputTokens * 0.3);
    const fresh = await summarize(edited, {
      ...options,
      memo: memoryMemo(),
      model: scriptedModel({ tokenizer }),
    });
    expect(second.summary).toBe(fresh.summary);
  });

  it("is asked once for a key that several parts share", async () => {
    const model = scriptedModel({ tokenizer });
    await summarize("a".repeat(300_000), { model, targetTokens: 200, tokenizer });
    const prompts = model.requests.map(({ prompt }) => prompt);
    expect(new Set(prompts).size).toBe(prompts.length);
  });

  it("that cannot write does not cost the summary, but the result says so", async () => {
    const memo: Memo = {
      get: () => Promise.resolve(undefined),
      set: () => Promise.reject(new Error("disk full")),
    };
    const result = await summarize(text, {
      model: scriptedModel({ tokenizer }),
      targetTokens: 300,
      tokenizer,
      memo,
    });
    expect(result.warnings).toMatchObject([
      { code: "memo_write_failed", message: expect.stringMatching(/disk full/) as string },
    ]);
  });

  it("that cannot read ends the run before anything is paid twice", async () => {
    const memo: Memo = { get: () => Promise.reject(new Error("no access")), set: () => Promise.resolve() };
    const model = scriptedModel({ tokenizer });
    await expect(summarize(text, { model, targetTokens: 300, tokenizer, memo })).rejects.toMatchObject({
      code: "step_failed",
      cause: expect.objectContaining({ message: "no access" }) as Error,
    });
    expect(model.requests).toHaveLength(0);
  });
});
