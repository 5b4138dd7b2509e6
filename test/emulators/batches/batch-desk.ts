import { BatchJob, type JobFailure } from "./batch-job.js";
import type { BatchSettings } from "./settings.js";

/** Finds out why a batch cannot be run, as far as that is done after its creation. */
type Validate = (job: BatchJob) => JobFailure | undefined;

const OTHERS_OUTCOME = { kind: "errored", line: '{"custom_id":"other"}' } as const;

/** All batches of an emulated account, and what a test does with them. */
export class BatchDesk {
  private readonly byId = new Map<string, BatchJob>();
  /** The oldest first. */
  readonly jobs: BatchJob[] = [];

  constructor(
    readonly settings: BatchSettings,
    private readonly validate: Validate = () => undefined,
  ) {}

  add(job: BatchJob): void {
    this.jobs.push(job);
    this.byId.set(job.id, job);
  }

  /** Batches of somebody else on the same account, with so many requests each. */
  addOthers(count: number, requestCount: number): void {
    for (let left = count; left > 0; left -= 1) {
      const batchNumber = this.nextNumber;
      const batchId = `other_batch_${String(batchNumber).padStart(6, "0")}`;
      const requests = Array.from({ length: requestCount }, (_, index) => ({
        ...{ customId: `other-${batchNumber}-${index}`, body: {}, index, batchId, batchNumber },
      }));
      const work = { done: () => OTHERS_OUTCOME, left: () => OTHERS_OUTCOME };
      this.add(new BatchJob(batchId, this.settings.now(), { metadata: null }, requests, work, false));
    }
  }

  /** How many batches there have been, deleted ones included. */
  get nextNumber(): number {
    return this.jobs.length + 1;
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  /** A batch as the API sees it: `undefined` while it is too new, when it has vanished or was deleted. */
  visible(id: string): BatchJob | undefined {
    const job = this.byId.get(id);
    if (job === undefined || job.isVanished) return undefined;
    this.passTime(job);
    return job;
  }

  /** The same for a question about one batch, which is what moves batches on that end by themselves. */
  look(id: string): BatchJob | undefined {
    const job = this.visible(id);
    if (job === undefined) return undefined;
    job.looks += 1;
    const looks = job.looks - this.settings.lateLooks;
    if (looks <= 0) return undefined;
    const { endsAfterLooks, doneAtLook } = this.settings;
    if (endsAfterLooks === null) return job;
    if (looks >= endsAfterLooks) this.endNow(job);
    else if (looks > 1) {
      if (job.stage === "validating" || job.stage === "canceling") this.advanceOne(job);
      if (job.stage === "in_progress") job.process(doneAtLook);
    }
    return job;
  }

  /** Batches that a list shows, the newest first. */
  listed(): readonly BatchJob[] {
    return this.jobs.filter(({ id, isVanished }) => !isVanished && this.byId.has(id)).reverse();
  }

  get unfinished(): readonly BatchJob[] {
    return this.jobs.filter((job) => !job.isOver && !job.isVanished);
  }

  createdSince(time: number): number {
    return this.jobs.filter(({ createdAt }) => createdAt >= time).length;
  }

  /** The batch with this id, also when the API does not show it. */
  job(id: string): BatchJob {
    const job = this.jobs.find((candidate) => candidate.id === id);
    if (job === undefined) throw new Error(`There has been no batch ${id}`);
    return job;
  }

  /** Moves a batch, or all of them, to the next stage. */
  advance(id?: string): void {
    for (const job of this.chosen(id)) this.advanceOne(job);
  }

  /** Ends a batch, or all of them, with everything done. */
  endAll(id?: string): void {
    for (const job of this.chosen(id)) this.endNow(job);
  }

  /** Does so many requests of a batch that is in progress. */
  process(id: string, count: number): void {
    const job = this.job(id);
    if (job.stage === "validating") this.advanceOne(job);
    if (job.stage === "in_progress") job.process(count);
  }

  /** Lets the time of a batch, or of all of them, be up. */
  expire(id?: string): void {
    for (const job of this.chosen(id)) job.end("expired", this.settings.now());
  }

  /** Turns a batch down as a whole. */
  fail(id: string, failure: Partial<JobFailure> & { readonly code: string }): void {
    this.job(id).fail({ words: "The batch failed.", line: null, ...failure }, this.settings.now());
  }

  /** From now on the API knows no such batch. */
  vanish(id: string): void {
    this.job(id).isVanished = true;
  }

  private chosen(id: string | undefined): readonly BatchJob[] {
    return id === undefined ? this.unfinished : [this.job(id)];
  }

  private endNow(job: BatchJob): void {
    if (job.stage === "validating") this.advanceOne(job);
    const isCanceling = job.stage === "canceling";
    job.end(isCanceling ? "canceled" : "completed", this.settings.now());
  }

  private advanceOne(job: BatchJob): void {
    const now = this.settings.now();
    switch (job.stage) {
      case "validating": {
        const failure = this.validate(job);
        if (failure === undefined) job.stage = "in_progress";
        else job.fail(failure, now);
        return;
      }
      case "in_progress":
        job.process(Infinity);
        if (job.hasStages) job.stage = "finalizing";
        else job.end("completed", now);
        return;
      case "finalizing":
        job.end("completed", now);
        return;
      case "canceling":
        job.end("canceled", now);
        return;
      case "ended":
      case "failed":
        return;
    }
  }

  private passTime(job: BatchJob): void {
    const now = this.settings.now();
    if (!job.isOver && now >= job.createdAt + this.settings.expiresAfterMs) job.end("expired", now);
  }
}
