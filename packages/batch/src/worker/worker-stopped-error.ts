/** A worker that was stopped is asked to work. */
export class WorkerStoppedError extends Error {
  readonly code = "worker_stopped";
  readonly isRetryable = false;

  constructor() {
    super("The worker was stopped and takes up nothing more: make another one.");
    this.name = "WorkerStoppedError";
  }
}
