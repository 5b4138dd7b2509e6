import type { Settlements } from "../advance/settlements.js";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { Tick } from "../worker/worker-parts.js";
import type { Pool, PooledStep } from "./pool.js";
import { settleStep, Submission } from "./submit-batch.js";

/**
 * Sends one batch out of a pool, or as many as its halves become when the provider turns it down. Never rejects: what goes wrong is
 * told, and the items come back.
 */
export async function submitFrom(tick: Tick, pool: Pool, settlements: Settlements): Promise<void> {
  const left: (readonly PooledStep[])[] = [pool.take()];
  for (let steps = left.shift(); steps !== undefined; steps = left.shift()) {
    const waitMs = blockedFor(tick, pool.provider);
    const wanted: PooledStep[] = [];
    for (const pooled of steps) {
      // Items that others have by now are theirs to ask for.
      const isWanted = pooled.items.some(({ claim }) => !tick.leases.isLost(claim));
      if (isWanted && waitMs === undefined) wanted.push(pooled);
      else if (waitMs === undefined) settleStep(settlements, pooled, (item) => item.comeBack(0));
      else settleStep(settlements, pooled, (item) => item.holdBack(pool.provider.id, waitMs));
    }
    if (wanted.length > 0) left.unshift(...(await new Submission(tick, pool, wanted, settlements).run()));
  }
  await settlements.flush();
}

/** How long nothing may be sent to a provider, in milliseconds; `undefined` when it may. */
export function blockedFor(
  { stopping, providers, settings }: Tick,
  provider: BatchProvider,
): number | undefined {
  if (stopping.aborted) return 0;
  const now = settings.clock.now();
  const until = providers.healthOf(provider.id).blockedUntil(now);
  return until === undefined ? undefined : until - now;
}
