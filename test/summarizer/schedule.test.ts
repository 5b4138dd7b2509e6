import { describe, expect, it } from "vitest";
import { approximate, streamSummary } from "@gro/summarizer";
import type { Step } from "@gro/summarizer/executor";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { ReadySteps } from "../../packages/summarizer/src/execute/ready-steps.js";
import { prose } from "../support/prose.js";
import { meanSchedule } from "../support/simulated-schedule.js";

const tokenizer = approximate();
const SEEDS = 3;

describe("a run in which nobody knows how long a call will take", () => {
  const text = prose(100_000);

  it("keeps few places busy to the end", async () => {
    const run = await meanSchedule(text, { tokenizer, maxConcurrency: 5 }, SEEDS);
    expect(run.makespan).toBeGreaterThanOrEqual(run.lowerBound);
    expect(run.makespan).toBeLessThanOrEqual(1.15 * run.lowerBound);
  });

  it("waits for no level as a whole when there are many places", async () => {
    const run = await meanSchedule(text, { tokenizer, maxConcurrency: 20, targetTokens: 1_000 }, SEEDS);
    expect(run.stepsByLevel.length).toBeGreaterThanOrEqual(3);
    expect(run.makespan).toBeLessThanOrEqual(0.9 * run.barrier);
    expect(run.makespan).toBeLessThanOrEqual(1.5 * run.lowerBound);
  });
});

describe("a summary of two parts that is read while it is written", () => {
  it("begins while chunks of its second part still wait", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: 100 });
    let requestsBefore: number | undefined;
    for await (const event of streamSummary(prose(20_000), { model, tokenizer, clock, maxConcurrency: 2 })) {
      if (event.kind === "textDelta") requestsBefore ??= model.requests.length;
    }
    const kinds = model.requests.map(({ system }) => system.split(" ")[1]);
    expect(kinds.filter((kind) => kind === "merge")).toHaveLength(2);
    expect(kinds.indexOf("merge")).toBeLessThan(kinds.length * 0.7);
    expect(requestsBefore).toBeLessThan(kinds.length * 0.8);
  });
});

describe("steps that wait for a place", () => {
  const step = (kind: Step["kind"], level: number, name: string): Step => ({
    key: name,
    kind,
    level,
    span: { start: 0, end: 1 },
    rootIndex: null,
    request: { system: "", prompt: "", maxOutputTokens: 1 },
    budgetTokens: 1,
  });

  function orderOf(chunks: number, others: readonly Step[], isTextHeard = false): string[] {
    const ready = new ReadySteps(2, isTextHeard);
    for (let chunk = 0; chunk < chunks; chunk += 1) ready.add(step("map", 0, `chunk ${chunk}`));
    for (const other of others) ready.add(other);
    return Array.from({ length: chunks + others.length }, () => ready.takeNext()?.key ?? "none");
  }

  const above = [
    step("merge", 1, "first merge"),
    step("shorten", 1, "shortening of a merge"),
    step("merge", 2, "merge of merges"),
    step("merge", 1, "second merge"),
    step("shorten", 0, "shortening of a chunk"),
  ];

  it("are taken from the highest level while many chunks wait", () => {
    expect(orderOf(100, above).slice(0, 6)).toEqual([
      "merge of merges",
      "shortening of a merge",
      "first merge",
      "second merge",
      "shortening of a chunk",
      "chunk 0",
    ]);
  });

  it("are taken from the lowest level when the last chunks wait: theirs is the longest way", () => {
    expect(orderOf(3, above)).toEqual([
      "shortening of a chunk",
      "chunk 0",
      "chunk 1",
      "chunk 2",
      "shortening of a merge",
      "first merge",
      "second merge",
      "merge of merges",
    ]);
  });

  it("are taken from the highest level to the end when the result is read while it is written", () => {
    expect(orderOf(3, above, true)).toEqual([
      "merge of merges",
      "shortening of a merge",
      "first merge",
      "second merge",
      "shortening of a chunk",
      "chunk 0",
      "chunk 1",
      "chunk 2",
    ]);
  });

  it("are all taken, each once", () => {
    const taken = orderOf(100, above);
    expect(new Set(taken).size).toBe(105);
    expect(taken).not.toContain("none");
  });
});
