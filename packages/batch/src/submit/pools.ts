import type { BatchProvider } from "../ports/batch-provider.js";
import type { ItemInHand } from "../advance/item-in-hand.js";
import type { WorkerParts } from "../worker/worker-parts.js";
import { Pool, type BatchRoom, type WantedStep } from "./pool.js";
import { Rereads } from "./rereads.js";

/** With every rejection, a suspected request shares its batch with so many times fewer others. */
const SHRINK = 16;

/** The pools of one tick: one for each model and degree of suspicion. */
export class Pools {
  /** Steps that are not to be sent, as their answers may still be read. */
  readonly rereads = new Rereads();
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly parts: WorkerParts) {}

  add(
    provider: BatchProvider,
    wanted: WantedStep,
    item: ItemInHand,
    suspicion: number,
    hasOwnModel: boolean,
  ): void {
    const name = `${provider.id} ${provider.modelId} ${suspicion}`;
    let pool = this.pools.get(name);
    if (pool === undefined) {
      pool = new Pool(provider, () => this.roomOf(provider, suspicion), hasOwnModel);
      this.pools.set(name, pool);
    }
    pool.add(wanted, item);
  }

  /** A pool that fills a batch. */
  full(): Pool | undefined {
    return [...this.pools.values()].find(({ isFull }) => isFull);
  }

  /** Any pool that holds something. */
  next(): Pool | undefined {
    return [...this.pools.values()].find(({ isEmpty }) => !isEmpty);
  }

  private roomOf({ id, limits }: BatchProvider, suspicion: number): BatchRoom {
    const { settings, providers } = this.parts;
    const usual = Math.min(limits.maxRequests, settings.batchSize, providers.healthOf(id).mostRequests);
    return { maxRequests: Math.max(1, Math.floor(usual / SHRINK ** suspicion)), maxBytes: limits.maxBytes };
  }
}
