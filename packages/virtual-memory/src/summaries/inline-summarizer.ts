import { summarize, type Clock, type LanguageModel } from "@gro/summarizer";
import { reasonOf } from "@gro/summarizer/executor";
import { textToSend, type SummaryMeta } from "@gro/queue";
import { Backoff } from "../backoff.js";
import type { Workshop } from "../compaction/workshop.js";
import type { InlineOptions } from "../options/virtual-memory-options.js";
import { askedToWait, blameOf } from "./blame.js";
import { modelTarget, sourceOf } from "./complete-summary.js";
import { settledPlaceholder } from "./entry-texts.js";
import type { PageEntry } from "./page-entry.js";
import { giveUpMissing, storedAnswer, takeSummary, type Answer, type FoundPage } from "./take-summary.js";

/** A model that refuses a page so often will not do otherwise the next time. */
const MOST_REJECTIONS = 3;
/** Pages summarized at once: as many as there are lanes. */
const AT_ONCE = 4;

/** How long a provider that fails is left alone, in milliseconds. What comes and goes is over within the retries of a call. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 5 * 60_000;

/**
 * What came of a page. `answered`: the model lives, whether or not its answer could be used. `skipped`: it was not asked. `failed`: no
 * page would have got an answer, for sure or as far as one can say; the provider asks to be left alone for `waitMs`.
 */
type Outcome =
  | { readonly kind: "answered" }
  | { readonly kind: "skipped" }
  | { readonly kind: "failed"; readonly isSure: boolean; readonly waitMs: number };

/**
 * Summarizes pages with a model of this process. One run at a time; a run also does what comes while it is under way.
 *
 *   well ──the provider fails, for this page or any──▶ waiting ──the wait is over: one page──▶ well | waiting, twice as long
 *
 * Pages that were tried longest ago come first, so that those which fail again and again keep no others from their summaries.
 */
export class InlineSummarizer {
  readonly #workshop: Workshop;
  readonly #model: LanguageModel;
  readonly #options: InlineOptions;
  readonly #clock: Clock;
  readonly #backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS);
  /** Pages that have had their turn, and wait for the next compaction. */
  readonly #hadTurn = new WeakSet<PageEntry>();
  /** The number of the attempt that was a page's last. */
  readonly #lastAttempt = new WeakMap<PageEntry, number>();
  /** How often the model had answered when a page failed in a way that may be the page's own. */
  readonly #answersBefore = new WeakMap<PageEntry, number>();
  #attempts = 0;
  #answers = 0;
  #isForced = false;
  #run: Promise<void> | undefined;

  constructor(workshop: Workshop, model: LanguageModel, options: InlineOptions, clock: Clock) {
    this.#workshop = workshop;
    this.#model = model;
    this.#options = options;
    this.#clock = clock;
  }

  /** Whether there is something to do that need not wait for the next compaction. */
  get isDue(): boolean {
    if (this.#backoff.isWaiting(this.#clock.now())) return false;
    return this.#workshop.shelf.pending.some((entry) => !this.#hadTurn.has(entry));
  }

  /**
   * Never rejects: what fails is told.
   * @param isForced ask although the provider has just failed
   */
  run(isForced = false): Promise<void> {
    this.#isForced ||= isForced;
    this.#run ??= Promise.resolve().then(() => this.#work());
    return this.#run;
  }

  async #work(): Promise<void> {
    const { shelf } = this.#workshop;
    const tried = new Set<PageEntry>();
    try {
      if (!this.#isForced && this.#backoff.isWaiting(this.#clock.now())) return;
      for (;;) {
        const isProbe = this.#backoff.isFailing && !this.#isForced;
        const next = this.#next(tried).slice(0, isProbe ? 1 : AT_ONCE);
        if (next.length === 0) return;
        for (const entry of next) tried.add(entry);
        const outcomes = await Promise.all(next.map((entry) => this.#summarize(entry)));
        shelf.forgetReadyAsides();
        if (this.#hasFailed(next, outcomes)) return;
      }
    } finally {
      // At once, and not when the promise has settled: who calls in between has pages that this run has not seen.
      this.#run = undefined;
      this.#isForced = false;
    }
  }

  /** Pages that are asked for together fail together: that is one failure. It is none of the provider when others have their answers. */
  #hasFailed(entries: readonly PageEntry[], outcomes: readonly Outcome[]): boolean {
    const hasAnswered = outcomes.some(({ kind }) => kind === "answered");
    if (hasAnswered) this.#backoff.succeeded();
    const waits: number[] = [];
    for (const [index, entry] of entries.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind !== "failed" || (hasAnswered && !outcome.isSure)) continue;
      waits.push(outcome.waitMs);
      // It was not the page's turn: it is asked for again as soon as the provider is.
      this.#hadTurn.delete(entry);
    }
    if (waits.length > 0) this.#backoff.failed(this.#clock.now(), Math.max(...waits));
    return waits.length > 0;
  }

  /**
   * Those that have waited longest for their turn. Of a provider that fails, the newest page is asked for first: what comes now may be
   * fine where what was said before is not.
   */
  #next(tried: ReadonlySet<PageEntry>): readonly PageEntry[] {
    const lastAttempt = (entry: PageEntry) => this.#lastAttempt.get(entry) ?? 0;
    const left = this.#workshop.shelf.pending.filter((entry) => !tried.has(entry));
    if (this.#backoff.isFailing) left.sort((one, other) => other.order - one.order);
    return left.sort((one, other) => lastAttempt(one) - lastAttempt(other));
  }

  async #summarize(entry: PageEntry): Promise<Outcome> {
    const { teller } = this.#workshop;
    this.#attempts += 1;
    this.#lastAttempt.set(entry, this.#attempts);
    this.#hadTurn.add(entry);
    let found: FoundPage;
    try {
      const { pages } = await this.#workshop.store();
      const read = await pages.read(entry.pageId);
      if (read === undefined) {
        giveUpMissing(this.#workshop, entry);
        return { kind: "skipped" };
      }
      found = { ...read, pages };
    } catch (error) {
      teller.warn("page_read_failed", `A page could not be read: ${reasonOf(error)}`, entry.pageId);
      return { kind: "skipped" };
    }
    const stored = storedAnswer(found);
    try {
      const answer = stored ?? (await this.#ask(entry, found));
      if (stored === undefined) this.#answers += 1;
      // When the page was edited meanwhile, the next run summarizes what it says by then.
      await takeSummary(this.#workshop, entry, found, answer);
      return { kind: stored === undefined ? "answered" : "skipped" };
    } catch (error) {
      return this.#failed(entry, found, error);
    }
  }

  async #failed(entry: PageEntry, found: FoundPage, error: unknown): Promise<Outcome> {
    if (this.#isOfPage(entry, error)) {
      this.#answers += 1;
      entry.rejections += 1;
      if (entry.rejections >= MOST_REJECTIONS) await this.#settle(entry, found, error);
      else this.#tellFailure(entry, error);
      return { kind: "answered" };
    }
    this.#tellFailure(entry, error);
    return { kind: "failed", isSure: blameOf(error) === "provider", waitMs: askedToWait(error) };
  }

  #tellFailure({ pageId }: PageEntry, error: unknown): void {
    const message = `A page waits for its summary: ${reasonOf(error)}`;
    this.#workshop.teller.warn("summary_failed", message, pageId);
  }

  /** An error that does not say is the page's when others got their answers since it came the last time. */
  #isOfPage(entry: PageEntry, error: unknown): boolean {
    const blame = blameOf(error);
    if (blame !== "unknown") return blame === "page";
    const before = this.#answersBefore.get(entry);
    this.#answersBefore.set(entry, this.#answers);
    return before !== undefined && this.#answers > before;
  }

  async #ask(entry: PageEntry, found: FoundPage): Promise<Answer> {
    const { page, contentHash } = found;
    const { limits, counter } = this.#workshop;
    const { tokenizer } = counter();
    const targetTokens = modelTarget(sourceOf(this.#workshop, entry, found), limits);
    const model = this.#model;
    const result = await summarize(textToSend(page.content), {
      ...{ contentType: "conversation" as const, ...this.#options },
      ...{ model, targetTokens, tokenizer, clock: this.#clock },
    });
    const { inputTokens, outputTokens, compressionRatio, collapseDepth, createdAt, fit, warnings } = result;
    const meta: SummaryMeta = {
      ...{ contentHash, modelId: model.id, createdAt, inputTokens, outputTokens, targetTokens },
      ...{ compressionRatio, collapseDepth, fit, warnings },
    };
    return { text: result.summary ?? "", meta, source: "model" };
  }

  /** First and last lines, for a page that the model will not summarize. */
  async #settle(entry: PageEntry, found: FoundPage, error: unknown): Promise<void> {
    const { teller, now } = this.#workshop;
    const [, ...lines] = settledPlaceholder(entry, "not summarized").split("\n");
    const { contentHash } = found;
    const meta: SummaryMeta = {
      ...{ contentHash, modelId: "none", createdAt: new Date(now()).toISOString() },
      ...{ inputTokens: 0, outputTokens: 0, targetTokens: 0, compressionRatio: 0, collapseDepth: 0 },
      ...{ fit: "trimmed", warnings: [] },
    };
    await takeSummary(this.#workshop, entry, found, { text: lines.join("\n"), meta, source: "code" });
    const message = `The model would not summarize a page; first and last lines stand for it: ${reasonOf(error)}`;
    teller.warn("summary_by_code", message, entry.pageId);
  }
}
