import type { Step } from "@gro/summarizer/executor";
import type { DeadLetterReason } from "@gro/queue";
import type { Pools } from "../submit/pools.js";
import { blockedFor } from "../submit/submit-pool.js";
import type { Tick } from "../worker/worker-parts.js";
import { cannotBeDivided } from "./dead-letters.js";
import { findOut, type Finding } from "./find-out.js";
import type { OpenItem } from "./item-in-hand.js";
import type { Settlements } from "./settlements.js";

/** What an item's findings amount to. */
type Verdict =
  | { readonly kind: "dead"; readonly reason: DeadLetterReason }
  /** Some of its steps were divided: it is to be replayed. */
  | { readonly kind: "divided" }
  /** It waits for batches, for those that are to be made, or for time. */
  | { readonly kind: "waits" };

/**
 * Finds out what holds items up, and puts what is to be asked into the pools. Answers those whose steps were divided. Never rejects:
 * when the ledger cannot be read, the items come back.
 */
export async function askMissing(
  tick: Tick,
  items: readonly OpenItem[],
  pools: Pools,
  settlements: Settlements,
): Promise<OpenItem[]> {
  let findings: ReadonlyMap<OpenItem, readonly Finding[]>;
  try {
    findings = await findOut(tick, items);
  } catch (error) {
    tick.tellError("reading the ledger", error);
    for (const { item } of items) settlements.releaseIn(item.claim, tick.settings.pollIntervalMs);
    return [];
  }
  const divided: OpenItem[] = [];
  for (const [open, ofItem] of findings) {
    const verdict = await judge(open, ofItem);
    if (verdict.kind === "dead") settlements.bury(open.item.claim, verdict.reason);
    else if (verdict.kind === "divided") divided.push(open);
    else wait(tick, open, ofItem, pools, settlements);
    await tick.turns.take();
  }
  return divided;
}

async function judge(open: OpenItem, findings: readonly Finding[]): Promise<Verdict> {
  let isDivided = false;
  for (const { step, decision } of findings) {
    if (decision.kind === "dead") return { kind: "dead", reason: decision.reason };
    const tooLong =
      decision.kind === "split" ? decision.why : decision.kind === "ask" ? tooLarge(open, step) : undefined;
    if (tooLong === undefined) continue;
    if (!(await open.replay.split(step.key))) return { kind: "dead", reason: cannotBeDivided(tooLong) };
    isDivided = true;
  }
  return { kind: isDivided ? "divided" : "waits" };
}

/** Why no batch can hold the step, not even alone. */
function tooLarge({ provider }: OpenItem, { key, request }: Step): string | undefined {
  const { maxBytes } = provider.limits;
  const bytes = request.prompt.length < maxBytes / LARGEST_EXPANSION ? 0 : provider.sizeOf({ key, request });
  return bytes > maxBytes ? `it takes ${bytes} bytes, and a batch holds ${maxBytes}.` : undefined;
}

/** A character takes at most so many bytes as it is sent, escaped: requests far from the limit are not measured for it. */
const LARGEST_EXPANSION = 16;

function wait(
  tick: Tick,
  { item, provider, hasOwnModel }: OpenItem,
  findings: readonly Finding[],
  pools: Pools,
  settlements: Settlements,
): void {
  const blockedMs = blockedFor(tick, provider);
  const { modelId } = provider;
  for (const { step, decision, hasFailed } of findings) {
    if (decision.kind === "held") item.waitFor(decision.ref, step.key);
    if (decision.kind === "later") item.comeBack(decision.afterMs);
    if (decision.kind === "reread") pools.rereads.add(decision.batch, modelId, step, item);
    if (decision.kind !== "ask") continue;
    if (blockedMs !== undefined) item.holdBack(provider.id, blockedMs);
    else pools.add(provider, { step, hasFailed }, item, decision.suspicion, hasOwnModel);
  }
  if (item.pooled === 0) settlements.release(item);
}
