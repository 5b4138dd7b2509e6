import { createHash } from "node:crypto";
import { summarize, type SourceNode, type Tokenizer } from "@gro/summarizer";
import { stepKey } from "@gro/summarizer/executor";
import { scriptedModel, virtualClock, type ScriptedModel } from "@gro/summarizer/testing";

const MEDIAN_MS = 2_000;
const SIGMA = 0.6;

/** How long a step takes: lognormal by the seed and the step's key, so the same step takes as long in any order. */
function latencyMs(seed: number, key: string): number {
  const bytes = createHash("sha256").update(`${seed} ${key}`).digest();
  const radius = Math.sqrt(-2 * Math.log((bytes.readUInt32BE(0) + 1) / 2 ** 32));
  const normal = radius * Math.cos((2 * Math.PI * bytes.readUInt32BE(4)) / 2 ** 32);
  return MEDIAN_MS * Math.exp(SIGMA * normal);
}

/** How long a run takes that starts each step as soon as a place is free, and waits for all of a level before the next. */
function withBarriers(levels: readonly (readonly number[])[], places: number): number {
  return levels.reduce((sum, latencies) => {
    const freeAt = Array.from({ length: places }, () => 0);
    for (const latency of latencies) {
      const earliest = freeAt.indexOf(Math.min(...freeAt));
      freeAt[earliest] = (freeAt[earliest] ?? 0) + latency;
    }
    return sum + Math.max(...freeAt);
  }, 0);
}

/** The times of one simulated run, in milliseconds. */
export interface SimulatedSchedule {
  readonly makespan: number;
  /** No order of the same steps is faster than this: all work on all places, or the longest way from a chunk to the result. */
  readonly lowerBound: number;
  /** The same steps level by level, each level as a whole before the next. */
  readonly barrier: number;
  /** Steps of each level, chunks first. */
  readonly stepsByLevel: readonly number[];
}

export interface ScheduleSettings {
  readonly seed: number;
  readonly maxConcurrency: number;
  readonly tokenizer: Tokenizer;
  readonly targetTokens?: number;
}

/** Lets `summarize` run in virtual time with a model whose calls take lognormal times. */
export async function simulateSchedule(text: string, settings: ScheduleSettings): Promise<SimulatedSchedule> {
  const { seed, maxConcurrency } = settings;
  const clock = virtualClock({ jumps: true });
  const latencyOf = (key: string) => latencyMs(seed, key);
  const model: ScriptedModel = scriptedModel({
    clock,
    tokenizer: settings.tokenizer,
    latencyMs(callNumber) {
      const request = model.requests[callNumber - 1];
      if (request === undefined) throw new RangeError(`No call ${callNumber}`);
      return latencyOf(stepKey(model.id, request));
    },
  });
  const startedAt = clock.now();
  const { sources, usage } = await summarize(text, { ...settings, model, clock, timeoutMs: 3_600_000 });
  const makespan = clock.now() - startedAt;
  if (sources === null) throw new RangeError("A text without a summary");

  const levels: number[][] = [];
  /** The longest way from a chunk to the node, and on how many levels steps are asked up to it. */
  const follow = (node: SourceNode): { readonly path: number; readonly height: number } => {
    const below = node.children.map(follow);
    const path = Math.max(0, ...below.map((child) => child.path));
    const height = Math.max(0, ...below.map((child) => child.height));
    if (node.stepKey === null) return { path, height };
    const latency = latencyOf(node.stepKey);
    (levels[height] ??= []).push(latency);
    return { path: path + latency, height: height + 1 };
  };
  const { path } = follow(sources);
  const latencies = levels.flat();
  if (latencies.length !== usage.calls) {
    throw new RangeError(
      `${usage.calls} calls for a tree of ${latencies.length} steps: a draft was shortened`,
    );
  }
  const work = latencies.reduce((sum, latency) => sum + latency, 0);
  return {
    makespan,
    lowerBound: Math.max(work / maxConcurrency, path),
    barrier: withBarriers(levels, maxConcurrency),
    stepsByLevel: levels.map(({ length }) => length),
  };
}

/** Times of several runs, each the mean over the seeds from 1 on. */
export async function meanSchedule(
  text: string,
  settings: Omit<ScheduleSettings, "seed">,
  seeds: number,
): Promise<SimulatedSchedule> {
  const runs: SimulatedSchedule[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    runs.push(await simulateSchedule(text, { ...settings, seed }));
  }
  const mean = (time: (run: SimulatedSchedule) => number) =>
    runs.reduce((sum, run) => sum + time(run), 0) / runs.length;
  return {
    makespan: mean(({ makespan }) => makespan),
    lowerBound: mean(({ lowerBound }) => lowerBound),
    barrier: mean(({ barrier }) => barrier),
    stepsByLevel: runs[0]?.stepsByLevel ?? [],
  };
}
