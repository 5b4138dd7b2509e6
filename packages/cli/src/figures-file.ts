import type { FiguresSnapshot } from "@gro/metrics";
import type { ProcessName } from "./this-process.js";

/** What a worker has counted, as it lies on the disk. Times are ISO 8601 in UTC. */
export interface FiguresFile extends ProcessName {
  readonly id: string;
  /** When it began to count, or the first of those whose figures it has added. */
  readonly since: string;
  readonly updatedAt: string;
  /** The ids of the workers whose figures are added: their own files do not count any more. */
  readonly includes: readonly string[];
  readonly snapshot: FiguresSnapshot;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isLabels(value: unknown): boolean {
  return isFields(value) && Object.values(value).every((label) => typeof label === "string");
}

function areNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((number) => Number.isFinite(number));
}

function isSeries(value: unknown): boolean {
  if (!isFields(value) || !isLabels(value["labels"])) return false;
  const { value: single, buckets, sum } = value;
  return Number.isFinite(single) || (areNumbers(buckets) && Number.isFinite(sum));
}

function isTable(value: unknown): boolean {
  return (
    isFields(value) && Object.values(value).every((series) => Array.isArray(series) && series.every(isSeries))
  );
}

function isSnapshot(value: unknown): value is FiguresSnapshot {
  return isFields(value) && isTable(value["counters"]) && isTable(value["histograms"]);
}

/** The figures in a file; `undefined` when it holds none that can be read, as after a power failure. */
export function figuresFileFrom(text: string): FiguresFile | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(value) || value["version"] !== 1) return undefined;
  const { id, host, pid, since, updatedAt, includes, snapshot } = value;
  if (typeof id !== "string" || typeof host !== "string" || typeof pid !== "number") return undefined;
  if (!isTime(since) || !isTime(updatedAt) || !Array.isArray(includes) || !isSnapshot(snapshot))
    return undefined;
  const names = includes.filter((name) => typeof name === "string");
  return { id, host, pid, since, updatedAt, includes: names, snapshot };
}
