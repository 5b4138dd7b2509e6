import type { SummaryUsage } from "@gro/summarizer";

/** How far a run is, as a line after everything that happens. */
export class Progress {
  #answers = 0;
  #pages = 0;
  #costUsd = 0;

  /** @param expected pages, and calls that they will likely take */
  constructor(private readonly expected: { readonly pages: number; readonly calls: number }) {}

  get costUsd(): number {
    return this.#costUsd;
  }

  /** A batch is back. @param usage what it cost; without a price where none is known */
  collected(answers: number, { costUsd = 0 }: SummaryUsage): string {
    this.#answers += answers;
    this.#costUsd += costUsd;
    return this.#line(`batch of ${answers}`);
  }

  /** A page has its summary. */
  summarized(pageId: string): string {
    this.#pages += 1;
    return this.#line(pageId);
  }

  #line(what: string): string {
    const { pages, calls } = this.expected;
    const cost = this.#costUsd === 0 ? "" : `, $${this.#costUsd.toFixed(4)}`;
    return `  ${what.padEnd(16)} ${this.#pages} of ${pages} files, ${this.#answers} of about ${calls} answers${cost}`;
  }
}
