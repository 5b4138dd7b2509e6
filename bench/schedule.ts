import { approximate, chunkText } from "@gro/summarizer";
import { textOfChunks } from "../test/support/text-of-chunks.js";
import { meanSchedule, type SimulatedSchedule } from "../test/support/simulated-schedule.js";
import type { Benchmark, BenchRow } from "./row.js";

const CHUNKS = 500;
/** One seed's ratio to the lower bound lies 0.15 around the mean, and that of ten seeds 0.05: a limit near the mean is met or missed by luck. */
const SEEDS = 40;
const MS_PER_SECOND = 1_000;

const tokenizer = approximate();

interface Scenario {
  readonly maxConcurrency: number;
  readonly targetTokens?: number;
  /** The most that our time may be of the others'. */
  readonly limits?: { readonly ofLowerBound: number; readonly ofBarrier?: number };
}

const SCENARIOS: readonly Scenario[] = [
  { maxConcurrency: 5, limits: { ofLowerBound: 1.05 } },
  { maxConcurrency: 64, limits: { ofLowerBound: 1.5, ofBarrier: 0.9 } },
  { maxConcurrency: 64, targetTokens: 1_000 },
];

function limitsOf(
  { limits }: Scenario,
  { makespan, lowerBound, barrier }: SimulatedSchedule,
): Pick<BenchRow, "limit"> {
  if (limits === undefined) return {};
  const { ofLowerBound, ofBarrier } = limits;
  const isNearBound = makespan <= ofLowerBound * lowerBound;
  if (ofBarrier === undefined)
    return { limit: { text: `at most ${ofLowerBound} × the floor`, holds: isNearBound } };
  const text = `at most ${ofBarrier} × the peer and ${ofLowerBound} × the floor`;
  return { limit: { text, holds: isNearBound && makespan <= ofBarrier * barrier } };
}

async function rowOf(text: string, scenario: Scenario): Promise<BenchRow> {
  const { maxConcurrency, targetTokens } = scenario;
  const settings = { maxConcurrency, tokenizer, ...(targetTokens && { targetTokens }) };
  const mean = await meanSchedule(text, settings, SEEDS);
  return {
    name: `${scenario.maxConcurrency} at once, steps ${mean.stepsByLevel.join(" + ")}, ${SEEDS} seeds`,
    ours: mean.makespan / MS_PER_SECOND,
    peer: { name: "barrier after every level", figure: mean.barrier / MS_PER_SECOND },
    floor: { name: "lower bound", figure: mean.lowerBound / MS_PER_SECOND },
    ...limitsOf(scenario, mean),
  };
}

/** How close the order of calls comes to the best there can be, when nobody knows beforehand how long a call takes. */
export const schedule: Benchmark = {
  title: `${CHUNKS} chunks, lognormal latency (σ 0.6): virtual time from start to summary, s, the mean over seeds`,
  async run() {
    const text = textOfChunks(CHUNKS, (longer) => chunkText(longer, { tokenizer }));
    const rows: BenchRow[] = [];
    for (const scenario of SCENARIOS) rows.push(await rowOf(text, scenario));
    return rows;
  },
};
