import type { BenchRow } from "./row.js";

/** A limit for how many times as much as another figure ours may be. */
export function atMostTimes(ours: number, other: number, times: number): NonNullable<BenchRow["limit"]> {
  return { text: `at most ${Number(times.toFixed(3))}×`, holds: ours <= times * other };
}
