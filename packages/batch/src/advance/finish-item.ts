import { resultOfRun, reasonOf } from "@gro/summarizer/executor";
import { SummarizationError, type SummaryResult, type Warning } from "@gro/summarizer";
import { summaryToKeep, type ReadPage, type SummaryMeta } from "@gro/queue";
import type { Tick } from "../worker/worker-parts.js";
import { PAGE_EMPTY, planFailed } from "./dead-letters.js";
import type { OpenItem } from "./item-in-hand.js";
import { missingPage } from "./missing-page.js";
import type { Settlements } from "./settlements.js";

const STEPS_SPLIT: Warning = {
  code: "steps_split",
  message: "Some requests were too long for the model and were divided into shorter ones.",
};

/** Whether this very summary stands in the page: only the time tells one writing of it from another. */
function isSummaryOf(found: ReadPage | undefined, meta: SummaryMeta): boolean {
  if (found?.contentHash !== meta.contentHash) return false;
  const { summary, summaryMeta } = found.page;
  if (typeof summary !== "string" || summary === "" || summaryMeta === undefined) return false;
  return (
    summaryMeta.contentHash === meta.contentHash &&
    summaryMeta.modelId === meta.modelId &&
    summaryMeta.inputTokens === meta.inputTokens &&
    summaryMeta.outputTokens === meta.outputTokens &&
    summaryMeta.targetTokens === meta.targetTokens &&
    summaryMeta.collapseDepth === meta.collapseDepth &&
    summaryMeta.fit === meta.fit
  );
}

/** Puts the summary together and writes it to its page, if the page still says what was summarized. Never rejects. */
export async function finishItem(tick: Tick, open: OpenItem, settlements: Settlements): Promise<void> {
  const { item, replay, content, contentHash, modelId } = open;
  const { claim, pageId } = item;
  const { store, clock, pollIntervalMs } = tick.settings;
  const finishedAt = clock.now();
  const waitedMs = Math.max(0, tick.storeTime.now() - claim.item.queuedAt);
  let result: SummaryResult;
  try {
    const warnings = replay.wasSplit ? [...tick.warnings, STEPS_SPLIT] : tick.warnings;
    const facts = { usage: replay.usage, finishedAt, warnings };
    result = await resultOfRun(replay.finishedRun, facts, tick.turns);
  } catch (error) {
    const code =
      SummarizationError.isInstance(error) && error.code === "invalid_option"
        ? "invalid_request"
        : "plan_failed";
    settlements.bury(claim, planFailed(code, reasonOf(error)));
    return;
  }
  const { summary, usage, sources: _sources, ...facts } = result;
  if (summary === null) {
    settlements.bury(claim, PAGE_EMPTY);
    return;
  }
  const { targetTokens } = replay.finishedRun.plan;
  const { inputTokens, outputTokens, compressionRatio, collapseDepth, createdAt, fit, warnings } = facts;
  try {
    const meta: SummaryMeta = {
      ...{ contentHash, modelId, createdAt, inputTokens, outputTokens, targetTokens },
      ...{ compressionRatio, collapseDepth, fit, warnings },
    };
    const text = summaryToKeep(content, summary);
    // A worker that died right behind the writing leaves its item: what the host has made of the summary since stays.
    const isWritten = isSummaryOf(await store.pages.read(pageId), meta);
    const outcome = isWritten
      ? "written"
      : await store.pages.writeSummary(pageId, contentHash, { text, meta });
    await tick.point("summary-written");
    switch (outcome) {
      case "missing": {
        const missing = await missingPage(tick);
        if (missing.kind === "dead") settlements.bury(claim, missing.reason);
        else settlements.releaseIn(claim, pollIntervalMs);
        break;
      }
      case "changed":
        // From its unchanged parts for free, and only what is new is asked.
        settlements.releaseIn(claim, 0);
        break;
      case "written":
        settlements.complete(claim);
        if (!isWritten) tick.counts.summarized += 1;
        tick.tell("itemSummarized", {
          ...{
            itemId: claim.itemId,
            pageId,
            provider: open.provider.id,
            modelId,
            inputTokens,
            outputTokens,
            fit,
            usage,
            isNew: !isWritten,
          },
          firstUse: tick.paidAnswers.use(replay.usedKeys),
          waitedMs,
        });
    }
  } catch (error) {
    tick.tellError("writing a summary", error, { pageId });
    settlements.releaseIn(claim, pollIntervalMs);
  }
}
