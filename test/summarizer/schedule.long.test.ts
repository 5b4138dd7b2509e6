import { describe, expect, it } from "vitest";
import { approximate, chunkText } from "@gro/summarizer";
import { meanSchedule } from "../support/simulated-schedule.js";
import { textOfChunks } from "../support/text-of-chunks.js";

const tokenizer = approximate();
const SEEDS = 10;

/*
 * A step's latency comes from its key, so other prompts or other edges of chunks throw the dice anew. The ratio to the lower bound with 64
 * places is then that of ten seeds out of many: 1.5 on average, and 0.05 more or less as often as not.
 */
describe("a run of 500 chunks at default settings", () => {
  const text = textOfChunks(500, (longer) => chunkText(longer, { tokenizer }));

  it("takes at most 1.05 times the least time there can be with 5 calls at once", async () => {
    const run = await meanSchedule(text, { tokenizer, maxConcurrency: 5 }, SEEDS);
    expect(run.makespan).toBeLessThanOrEqual(1.05 * run.lowerBound);
  });

  it("takes at most 1.5 times that with 64, and 0.9 times the time of one that waits after every level", async () => {
    const run = await meanSchedule(text, { tokenizer, maxConcurrency: 64 }, SEEDS);
    expect(run.makespan).toBeLessThanOrEqual(1.5 * run.lowerBound);
    expect(run.makespan).toBeLessThanOrEqual(0.9 * run.barrier);
  });
});
