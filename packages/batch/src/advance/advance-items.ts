import type { Claim } from "@gro/queue";
import { Pools } from "../submit/pools.js";
import { reopenAll } from "../submit/reopen-batch.js";
import { submitFrom } from "../submit/submit-pool.js";
import type { Tick } from "../worker/worker-parts.js";
import { advanceGroup } from "./advance-group.js";
import { Settlements } from "./settlements.js";

const CLAIMS_AT_ONCE = 200;
/**
 * So many pages are in memory at once with their plans. More would share no more writes, and outlive the garbage collector's quick rounds:
 * a worker's memory is mostly what waits for a slow one.
 */
const GROUP_SIZE = 16;
/** From so many lapses on, an item is suspected of being what ends workers. */
const SUSPICIOUS_LAPSES = 3;
/** Batches are looked at again after so long, however many items there are. What is pooled by then goes off, full or not. */
const LEAST_TIME_MS = 10_000;

/**
 * Takes every claimable item as far as it goes; what there is to ask is pooled over all of them and submitted. Items that come back
 * at once are taken up in the same tick. Where there are so many that batches would wait for long, the rest is for the next tick, which
 * comes at once.
 */
export async function advanceItems(tick: Tick): Promise<void> {
  const { clock, batchPollIntervalMs } = tick.settings;
  const endsAt = clock.now() + Math.max(LEAST_TIME_MS, batchPollIntervalMs);
  const isOver = () => clock.now() >= endsAt;
  const pools = new Pools(tick);
  const settlements = new Settlements(tick);
  for (;;) {
    const claimed = await takeUp(tick, pools, settlements, isOver);
    for (let pool = pools.next(); pool !== undefined; pool = pools.next()) {
      await submitFrom(tick, pool, settlements);
    }
    await reopenAll(tick, pools.rereads, settlements);
    if (claimed === 0 || tick.stopping.aborted || tick.pages.trouble !== undefined) return;
    if (!isOver()) continue;
    tick.schedule.nudge();
    return;
  }
}

/** Takes up items until none is claimable, or the time is over; batches that are full go off on the way. Answers how many items there were. */
async function takeUp(
  tick: Tick,
  pools: Pools,
  settlements: Settlements,
  isOver: () => boolean,
): Promise<number> {
  const { store, leaseMs } = tick.settings;
  let taken = 0;
  while (!tick.stopping.aborted && tick.pages.trouble === undefined) {
    const claims = await tick.storeTime.learnFrom(
      () => store.queue.claim({ limit: CLAIMS_AT_ONCE, leaseMs }),
      ([first]) => first,
    );
    if (claims.length === 0) break;
    taken += claims.length;
    tick.counts.claimed += claims.length;
    tick.leases.holdItems(claims);
    const trusted = setSuspectsApart(claims, settlements);
    for (let start = 0; start < trusted.length; start += GROUP_SIZE) {
      const group = trusted.slice(start, start + GROUP_SIZE);
      if (tick.stopping.aborted) for (const claim of group) settlements.releaseIn(claim, 0);
      else await advanceGroup(tick, group, pools, settlements);
      for (let pool = pools.full(); pool !== undefined; pool = pools.full()) {
        await submitFrom(tick, pool, settlements);
      }
    }
    await settlements.flush();
    if (isOver()) break;
  }
  return taken;
}

/** An item that ends its worker takes all others in hands down with it: a suspect is taken up alone, and the others are cleared. */
function setSuspectsApart(claims: readonly Claim[], settlements: Settlements): readonly Claim[] {
  const suspects = claims.filter(({ lapses }) => lapses >= SUSPICIOUS_LAPSES);
  const [first] = suspects;
  if (first === undefined || claims.length === 1) return claims;
  for (const claim of claims) if (claim !== first) settlements.releaseIn(claim, 0);
  return [first];
}
