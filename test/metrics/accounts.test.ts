import { addSnapshots, totalsOf } from "@gro/metrics";
import { listPrices } from "@gro/summarizer";
import { describe, expect, it } from "vitest";
import { CREATE, PROVIDERS } from "../batch/support/emulated.js";
import { onCalls, type BatchedRequest, type BatchSettings, type PlannedOutcome } from "../emulators/index.js";
import { contents, keysOf, startRun } from "./support/accounted-run.js";
import { Scrape } from "./support/scrape.js";

type Run = Awaited<ReturnType<typeof startRun>>;

/** What the provider has on its books. */
function booksOf({ server, provider }: Run) {
  const { bills, total } = server.billing;
  const { jobs } = server.batches;
  const asked = jobs.flatMap(({ customIds }) => customIds);
  const price = listPrices(provider.modelId);
  if (price === undefined) throw new Error("The model has no price.");
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = total;
  const live =
    (inputTokens - cachedInputTokens - cacheWriteTokens) * price.input +
    cachedInputTokens * (price.cachedInput ?? price.input) +
    cacheWriteTokens * (price.cacheWrite ?? price.input) +
    outputTokens * price.output;
  const count = (kind: "succeeded" | "errored" | "expired" | "canceled") =>
    jobs.reduce((sum, job) => sum + job.count(kind), 0);
  return {
    bills,
    total,
    batches: jobs.length,
    steps: asked.length,
    askedAgain: asked.length - new Set(asked).size,
    succeeded: count("succeeded"),
    errored: count("errored"),
    expired: count("expired"),
    liveUsd: live / 1e6,
    batchUsd: live / 2e6,
  };
}

/** Tokens that were billed for what no summary holds, by the bills and by replaying every summary. */
async function unusedBy({ server, store, live }: Run): Promise<{ input: number; output: number }> {
  const used = new Set<string>();
  for (const [page, content] of contents.entries()) {
    if ((await store.pages.read(`page-${page}`))?.page.summary === undefined) continue;
    for (const key of await keysOf(content, store.memo, live)) used.add(key);
  }
  const unused = server.billing.inBatches.filter(({ batch }) => !used.has(batch.customId));
  return {
    input: unused.reduce((sum, { usage }) => sum + usage.inputTokens, 0),
    output: unused.reduce((sum, { usage }) => sum + usage.outputTokens, 0),
  };
}

/** Some requests fail once before they are answered, and one is refused for good. */
function troubled(): Partial<BatchSettings> {
  const seen = new Set<string>();
  const once = (customId: string, outcome: PlannedOutcome): PlannedOutcome | undefined => {
    if (seen.has(customId)) return undefined;
    seen.add(customId);
    return outcome;
  };
  const outcome = ({ customId, index, batchNumber }: BatchedRequest): PlannedOutcome | undefined => {
    if (batchNumber === 1 && index === 0) return { kind: "answered", fault: { kind: "refusal" } };
    if (index % 5 === 1) {
      return once(customId, {
        kind: "errored",
        type: "overloaded_error",
        words: "Overloaded",
        code: "server_error",
        status: 503,
      });
    }
    return index % 7 === 2 ? once(customId, { kind: "expired" }) : undefined;
  };
  return { outcome };
}

describe.each(PROVIDERS)(
  "after a run through the batches of %s, the figures are the provider's",
  (_name, start) => {
    it.each<[string, Parameters<typeof startRun>[1]]>([
      ["and nothing goes wrong", {}],
      [
        "and every answer to a creation is lost",
        { cue: onCalls("POST", CREATE, { kind: "lost-after-effect", how: "cut" }) },
      ],
      [
        "and results break off",
        {
          cue: onCalls(
            "GET",
            /results$|content$/u,
            { kind: "short-results", afterLines: 1, how: "mid-line" },
            2,
          ),
        },
      ],
      ["and requests fail, expire and are refused", { batches: troubled() }],
    ])("%s", async (_case, options) => {
      const run = await startRun(start, options);
      const { worker, metrics } = run.process();
      expect((await worker.drain()).isDrained).toBe(true);
      const books = booksOf(run);
      expect(books.bills.length).toBeGreaterThan(8);

      const page = await Scrape.of(await metrics.prometheusText());
      const of = { provider: run.provider.id, model: run.provider.modelId };
      expect(page.sum("gro_tokens_total", { ...of, type: "input" })).toBe(books.total.inputTokens);
      expect(page.sum("gro_tokens_total", { ...of, type: "output" })).toBe(books.total.outputTokens);
      expect(page.sum("gro_tokens_cached_total", { access: "read" })).toBe(books.total.cachedInputTokens);
      expect(page.sum("gro_steps_total", { ...of, outcome: "succeeded" })).toBe(books.succeeded);
      expect(books.succeeded).toBe(books.bills.length);
      expect(page.sum("gro_steps_total", { outcome: "expired" }) ?? 0).toBe(books.expired);
      expect(page.sum("gro_steps_total")).toBe(books.steps);
      expect(page.sum("gro_steps_submitted_total", of)).toBe(books.steps);
      expect(page.sum("gro_steps_retried_total") ?? 0).toBe(books.askedAgain);
      expect(page.sum("gro_batches_total", { ...of, event: "collected" })).toBe(books.batches);
      expect(page.sum("gro_batch_duration_seconds", of)).toBe(books.batches);
      expect(page.sum("gro_cost_usd_total", of)).toBeCloseTo(books.batchUsd, 9);
      expect(page.sum("gro_cost_saved_usd_total", of)).toBeCloseTo(books.liveUsd - books.batchUsd, 9);
      expect(page.sum("gro_batches_unpriced_total")).toBeUndefined();

      const unused = await unusedBy(run);
      expect(page.sum("gro_tokens_unused", { type: "input" })).toBe(unused.input);
      expect(page.sum("gro_tokens_unused", { type: "output" })).toBe(unused.output);

      const letters = await run.store.queue.deadLetters();
      expect(page.sum("gro_dead_letters_total") ?? 0).toBe(letters.length);
      expect((page.sum("gro_pages_summarized_total") ?? 0) + letters.length).toBe(contents.length);
      expect(page.sum("gro_queue_items", { state: "dead" })).toBe(letters.length);
      expect(page.sum("gro_batches_in_flight") ?? 0).toBe(0);
      if (options?.batches === undefined) expect(unused).toEqual({ input: 0, output: 0 });
      else {
        expect([books.errored, books.expired, letters.length].every((count) => count > 0)).toBe(true);
        expect(page.sum("gro_tokens_rejected_total", { code: "completion_refused" })).toBeGreaterThan(0);
      }
    });

    it("in the sum of both, when one worker is stopped and another goes on", async () => {
      const run = await startRun(start, { batches: troubled() });
      const first = run.process();
      let collected = 0;
      const stopped = new Promise<void>((resolve) => {
        first.worker.events.on("batchCollected", () => {
          collected += 1;
          if (collected === 2) void first.worker.stop().then(resolve);
        });
      });
      first.worker.start();
      await stopped;
      const second = run.process();
      expect((await second.worker.drain()).isDrained).toBe(true);

      const books = booksOf(run);
      const own = [first, second].map(({ metrics }) => metrics.totals().tokens.billed.input);
      expect(Math.min(...own)).toBeGreaterThan(0);
      // It goes from process to process as JSON.
      const handed: unknown = JSON.parse(JSON.stringify(first.metrics.snapshot()));
      expect(handed).toEqual(first.metrics.snapshot());
      const { tokens, steps, cost, pages, batches } = totalsOf(
        addSnapshots([first.metrics.snapshot(), second.metrics.snapshot()]),
      );
      expect(tokens.billed).toEqual({ input: books.total.inputTokens, output: books.total.outputTokens });
      expect(steps.outcomes["succeeded"]).toBe(books.succeeded);
      expect(steps.retried).toBe(books.askedAgain);
      expect(steps.submitted).toBe(books.steps);
      expect(cost.usd).toBeCloseTo(books.batchUsd, 9);
      expect(cost.savedUsd).toBeCloseTo(books.liveUsd - books.batchUsd, 9);
      expect(batches.latency.count).toBe(books.batches);
      expect(pages.summarized + (pages.deadLettered["completion_refused"] ?? 0)).toBe(contents.length);
      // What the second one has used of the first one's answers, neither knows: the figure is too high, never too low.
      const unused = await unusedBy(run);
      expect(tokens.unused.input).toBeGreaterThanOrEqual(unused.input);
      expect(tokens.rejected.input).toBeLessThanOrEqual(unused.input);
    });
  },
);
