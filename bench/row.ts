/** One line of the benchmark's table. All figures of a row come from the same run on the same machine. */
export interface BenchRow {
  /** What is measured, with its unit. */
  readonly name: string;
  readonly ours: number;
  /** The figure of the library that a reader would compare with, and its name. */
  readonly peer?: { readonly name: string; readonly figure: number };
  /** The least that any implementation needs, or the simplest method, and what it is. */
  readonly floor?: { readonly name: string; readonly figure: number };
  /** What must hold, in words, and whether it does. Absent for rows that only inform. */
  readonly limit?: { readonly text: string; readonly holds: boolean };
}

/** A group of rows that are measured together. */
export interface Benchmark {
  readonly title: string;
  /** Why it cannot run here, or `undefined`. */
  readonly skipReason?: string | undefined;
  run(): Promise<readonly BenchRow[]>;
}
