import type { DurableStore, SummaryRequest } from "@gro/queue";
import { enqueueFiles, type EnqueuedFile, type FailedFile } from "./enqueue-files.js";
import { inputName } from "./input.js";
import type { MessageOutput } from "./message-output.js";
import type { FilePage } from "./page-of-file.js";

/** Few enough to hold at once, enough to share a sync of the disk. */
const MOST_PAGES = 100;
const MOST_CHARACTERS = 2 ** 24;
/** More names than that nobody reads; --json has all of them. */
const MOST_NAMED = 10;

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
  /** Files whose page a later file says in another way. */
  private readonly replaced = new Set<string>();
  private characters = 0;

  constructor(private readonly options: PageIntakeOptions) {}

  async take(file: FilePage): Promise<void> {
    const { id, content } = file.page;
    const isFull = this.waiting.size === MOST_PAGES || this.characters > MOST_CHARACTERS;
    const before = this.waiting.get(id);
    if (before !== undefined && isAnother(before, file)) this.replace(before, file);
    // The same page a second time is a duplicate: it comes after the first.
    else if (isFull || before !== undefined) await this.flush();
    this.waiting.set(id, file);
    this.characters += content.length;
  }

  /** Tells which of these files are not queued, after something has ended the run. */
  failRest(files: readonly string[], reason: string): void {
    const told = new Set([...this.enqueued, ...this.failed].map(({ file }) => file));
    const rest = [...new Set(files)].filter((file) => !told.has(file) && !this.replaced.has(file));
    if (rest.length === 0) return;
    for (const file of rest) this.failed.push({ file, reason });
    const more = rest.length - MOST_NAMED;
    const names = rest.slice(0, MOST_NAMED).map(inputName).join(", ");
    const others = more > 0 ? ` and ${more} more` : "";
    this.options.output.error(
      `not queued: ${names}${others}. The same command may be given again: what is queued already is not queued twice.`,
    );
  }

  /** Of two contents of one page the later one is the page: the first would be summarized for nothing. */
  private replace(before: FilePage, { file, page }: FilePage): void {
    this.waiting.delete(page.id);
    this.characters -= before.page.content.length;
    this.replaced.add(before.file);
    this.options.output.notice(
      `${inputName(file)}: page ${page.id} is queued with this content, not with that of ${inputName(before.file)}.`,
    );
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

/** Whether a host's page comes once more, and says something else. */
function isAnother(before: FilePage, file: FilePage): boolean {
  return file.isWholePage && before.page.content !== file.page.content;
}
