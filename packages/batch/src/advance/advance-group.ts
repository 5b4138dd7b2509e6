import { reasonOf } from "@gro/summarizer/executor";
import type { Claim } from "@gro/queue";
import type { Pools } from "../submit/pools.js";
import { mapSideBySide } from "../worker/lanes.js";
import type { Tick } from "../worker/worker-parts.js";
import { askMissing } from "./ask-missing.js";
import { planFailed } from "./dead-letters.js";
import { finishItem } from "./finish-item.js";
import type { OpenItem } from "./item-in-hand.js";
import { openItem, readPage } from "./open-item.js";
import { MemoFailure } from "./replay.js";
import type { Settlements } from "./settlements.js";

/*
 * What becomes of an item that a worker takes up:
 *
 *   claimed ──page not there, or cannot be planned──────▶ dead letter
 *      └─planned, memo replayed ──nothing missing──▶ summary written ──page unchanged──▶ completed
 *                │                                        └─changed──▶ claimed again
 *                └─steps missing ──a batch has them──▶ waits for the batch
 *                        ├─to be asked──▶ pooled ──▶ waits for the batch that takes them
 *                        ├─too long──▶ divided, and replayed again
 *                        └─failed for good──▶ dead letter
 */

const PAGES_AT_ONCE = 16;

/** Takes a few items as far as they go. Never rejects for a single item's sake. */
export async function advanceGroup(
  tick: Tick,
  claims: readonly Claim[],
  pools: Pools,
  settlements: Settlements,
): Promise<void> {
  let open = await openAll(tick, claims, settlements);
  while (open.length > 0) {
    const replayed: OpenItem[] = [];
    for (const item of open) if (await replay(tick, item, settlements)) replayed.push(item);
    const finished = replayed.filter(({ replay }) => replay.isFinished);
    await finishAll(tick, finished, settlements);
    const unfinished = replayed.filter(({ replay }) => !replay.isFinished);
    open = unfinished.length === 0 ? [] : await askMissing(tick, unfinished, pools, settlements);
  }
}

/** Pages side by side, the items of one page one after the other: so the second finds the summary of the first. */
async function finishAll(tick: Tick, finished: readonly OpenItem[], settlements: Settlements): Promise<void> {
  const pages = new Map<string, OpenItem[]>();
  for (const open of finished) {
    const ofPage = pages.get(open.item.pageId);
    if (ofPage === undefined) pages.set(open.item.pageId, [open]);
    else ofPage.push(open);
  }
  await Promise.all(
    [...pages.values()].map(async (ofPage) => {
      for (const open of ofPage) await finishItem(tick, open, settlements);
    }),
  );
}

async function openAll(tick: Tick, claims: readonly Claim[], settlements: Settlements): Promise<OpenItem[]> {
  const pages = await mapSideBySide(claims, PAGES_AT_ONCE, (claim) => readPage(tick, claim));
  const opened: OpenItem[] = [];
  for (const [index, claim] of claims.entries()) {
    const page = pages[index];
    const outcome = page?.kind === "read" ? await openItem(tick, claim, page.page) : (page ?? LATER);
    if (outcome.kind === "open") opened.push(outcome.open);
    else if (outcome.kind === "dead") settlements.bury(claim, outcome.reason);
    else settlements.releaseIn(claim, tick.settings.pollIntervalMs);
    await tick.turns.take();
  }
  return opened;
}

const LATER = { kind: "later" } as const;

/** Brings an item as far as the memo goes. Whether it is to be looked at further. */
async function replay(tick: Tick, { item, replay }: OpenItem, settlements: Settlements): Promise<boolean> {
  try {
    await replay.advance(tick.settings.store.memo);
    await tick.turns.take();
    return true;
  } catch (error) {
    if (error instanceof MemoFailure) {
      tick.tellError("reading the memo", error.reason, { pageId: item.pageId });
      settlements.releaseIn(item.claim, tick.settings.pollIntervalMs);
    } else {
      settlements.bury(item.claim, planFailed("plan_failed", reasonOf(error)));
    }
    return false;
  }
}
