import type { LocalRun } from "./local-run.js";

/** So many batches that were read to the end are kept for a second reading; the others are let go with their texts. */
const MOST_READ = 4;

/** The batches of one process. */
export class LocalRuns {
  private readonly runs = new Map<string, LocalRun>();
  private readonly read = new Set<string>();

  add(batchId: string, run: LocalRun): void {
    this.runs.set(batchId, run);
  }

  get(batchId: string): LocalRun | undefined {
    return this.runs.get(batchId);
  }

  withRef(ref: string): string[] {
    return [...this.runs].filter(([, run]) => run.ref === ref).map(([batchId]) => batchId);
  }

  wasRead(batchId: string): void {
    this.read.delete(batchId);
    this.read.add(batchId);
    for (const oldest of this.read) {
      if (this.read.size <= MOST_READ) return;
      this.read.delete(oldest);
      this.runs.delete(oldest);
    }
  }
}
