import type { DurableStore, SummaryRequest } from "@gro/queue";
import { enqueueFiles, type EnqueuedFile, type FailedFile } from "./enqueue-files.js";
import { inputName } from "./input.js";
import type { MessageOutput } from "./message-output.js";
import type { FilePage } from "./page-of-file.js";

/** Few enough to hold at once, enough to share a sync of the disk. */
const MOST_PAGES = 100;
const MOST_CHARACTERS = 2 ** 24;

const REMARKS: Readonly<Record<EnqueuedFile["kind"], string | undefined>> = {
  queued: undefined,
  duplicate: "is queued already, as it was queued first",
  revived: "was a dead letter and is queued again",
};

export interface PageIntakeOptions {
  readonly store: Pick<DurableStore, "pages" | "queue">;
  /** How all pages are to be summarized. */
  readonly request: SummaryRequest;
  /** What people see of all pages, where the user says it. */
  readonly label: string | undefined;
  /** Hears of what did not go as usual. */
  readonly output: MessageOutput;
  /** Called, and awaited, for every page that is durable, in their order. */
  readonly onEnqueued: (enqueued: EnqueuedFile) => Promise<void>;
}

/** Takes pages one after the other, queues many at once, and keeps account of them. */
export class PageIntake {
  readonly enqueued: EnqueuedFile[] = [];
  readonly failed: FailedFile[] = [];
  private waiting = new Map<string, FilePage>();
  private characters = 0;

  constructor(private readonly options: PageIntakeOptions) {}

  async take(file: FilePage): Promise<void> {
    const { id, content } = file.page;
    const isFull = this.waiting.size === MOST_PAGES || this.characters > MOST_CHARACTERS;
    // The same page a second time is a duplicate, or has another content: either way it comes after the first.
    if (isFull || this.waiting.has(id)) await this.flush();
    this.waiting.set(id, file);
    this.characters += content.length;
  }

  fail(failed: FailedFile): void {
    this.failed.push(failed);
    this.options.output.error(failed.reason);
  }

  /** Queues what was taken. */
  async flush(): Promise<void> {
    const { store, label, request } = this.options;
    const files = [...this.waiting.values()];
    this.waiting = new Map();
    this.characters = 0;
    for (const outcome of await enqueueFiles(store, files, label, request)) {
      if ("reason" in outcome) {
        this.fail({ ...outcome, reason: `${inputName(outcome.file)}: ${outcome.reason}` });
      } else {
        this.enqueued.push(outcome);
        await this.tell(outcome);
      }
    }
  }

  private async tell(enqueued: EnqueuedFile): Promise<void> {
    const { output, onEnqueued } = this.options;
    const remark = REMARKS[enqueued.kind];
    if (remark !== undefined)
      output.notice(`${inputName(enqueued.file)}: page ${enqueued.pageId} ${remark}.`);
    await onEnqueued(enqueued);
  }
}
