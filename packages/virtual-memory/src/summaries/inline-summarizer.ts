import { SummarizationError, summarize, type Clock, type LanguageModel } from "@gro/summarizer";
import { reasonOf } from "@gro/summarizer/executor";
import { textToSend, type SummaryMeta } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import type { InlineOptions } from "../options/virtual-memory-options.js";
import { modelTarget } from "./complete-summary.js";
import { settledPlaceholder } from "./entry-texts.js";
import type { PageEntry } from "./page-entry.js";
import { giveUpMissing, storedAnswer, takeSummary, type Answer, type FoundPage } from "./take-summary.js";

/** A model that refuses a page so often will not do otherwise the next time. */
const MOST_REJECTIONS = 3;
/** Pages summarized at once: as many as there are lanes. */
const AT_ONCE = 4;

/** Whether the model has answered, but with nothing that can be used: another page may well succeed. */
function isRejection(error: unknown): boolean {
  return SummarizationError.isInstance(error) && error.code.startsWith("completion_");
}

/**
 * Summarizes pages with a model of this process. One run at a time; a run also does what comes while it is under way. When the model
 * fails for good, the run ends and the rest waits for the next one.
 */
export class InlineSummarizer {
  readonly #workshop: Workshop;
  readonly #model: LanguageModel;
  readonly #options: InlineOptions;
  readonly #clock: Clock;
  /** Pages that the model has been asked about, whatever came of it. */
  readonly #seen = new WeakSet<PageEntry>();
  #run: Promise<void> | undefined;

  constructor(workshop: Workshop, model: LanguageModel, options: InlineOptions, clock: Clock) {
    this.#workshop = workshop;
    this.#model = model;
    this.#options = options;
    this.#clock = clock;
  }

  /** Whether a page waits that no run has tried. */
  get hasNew(): boolean {
    return this.#workshop.shelf.pending.some((entry) => !this.#seen.has(entry));
  }

  /** Never rejects: what fails is told. */
  run(): Promise<void> {
    this.#run ??= Promise.resolve().then(() => this.#work());
    return this.#run;
  }

  async #work(): Promise<void> {
    const { shelf } = this.#workshop;
    const tried = new Set<PageEntry>();
    try {
      for (;;) {
        const next = shelf.pending.filter((entry) => !tried.has(entry)).slice(0, AT_ONCE);
        if (next.length === 0) return;
        for (const entry of next) {
          tried.add(entry);
          this.#seen.add(entry);
        }
        const outcomes = await Promise.all(next.map((entry) => this.#summarize(entry)));
        shelf.forgetReadyAsides();
        if (outcomes.includes("stop")) return;
      }
    } finally {
      // At once, and not when the promise has settled: who calls in between has pages that this run has not seen.
      this.#run = undefined;
    }
  }

  async #summarize(entry: PageEntry): Promise<"go-on" | "stop"> {
    const { teller } = this.#workshop;
    let found: FoundPage;
    try {
      const { pages } = await this.#workshop.store();
      const read = await pages.read(entry.pageId);
      if (read === undefined) {
        giveUpMissing(this.#workshop, entry);
        return "go-on";
      }
      found = { ...read, pages };
    } catch (error) {
      teller.warn("page_read_failed", `A page could not be read: ${reasonOf(error)}`, entry.pageId);
      return "go-on";
    }
    try {
      const answer = storedAnswer(found) ?? (await this.#ask(entry, found));
      // When the page was edited meanwhile, the next run summarizes what it says by then.
      await takeSummary(this.#workshop, entry, found, answer);
      return "go-on";
    } catch (error) {
      if (isRejection(error)) entry.rejections += 1;
      if (entry.rejections >= MOST_REJECTIONS) return this.#settle(entry, found, error);
      teller.warn("summary_failed", `A page waits for its summary: ${reasonOf(error)}`, entry.pageId);
      return isRejection(error) ? "go-on" : "stop";
    }
  }

  async #ask({ pageCount }: PageEntry, { page, contentHash }: FoundPage): Promise<Answer> {
    const { limits, counter } = this.#workshop;
    const { tokenizer } = counter();
    const source = { content: page.content, isFolded: pageCount > 0 };
    const targetTokens = modelTarget(source, limits, counter());
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
  async #settle(entry: PageEntry, found: FoundPage, error: unknown): Promise<"go-on"> {
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
    return "go-on";
  }
}
