import type { Claim } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { Replay } from "./replay.js";

/** How an item is given back that cannot be finished yet. */
export interface Waiting {
  /** It comes back after so many milliseconds at the latest. */
  readonly atMostMs: number;
  /** The batch that it waits for, and one of the step keys that this batch holds for it. */
  readonly on: { readonly ref: string; readonly key: string } | undefined;
  /** The provider that takes nothing just now. */
  readonly heldBackBy: string | undefined;
}

/**
 * What calls items that a provider holds back, before their time is over: when it takes batches again, and when a worker starts. That one
 * may know of a fix, and has to find out for itself why it waits.
 */
export function heldBackName(providerId: string): string {
  return `held-back:${providerId}`;
}

/** An item while a worker has it. */
export class ItemInHand {
  /** Steps of it that lie in pools. */
  pooled = 0;
  private soonestMs = Number.POSITIVE_INFINITY;
  private on: Waiting["on"];
  private heldBackBy: string | undefined;

  constructor(
    readonly claim: Claim,
    /** When it is to be run otherwise, in milliseconds since the epoch; `null` for never. */
    readonly deadlineAt: number | null,
  ) {}

  get pageId(): string {
    return this.claim.item.pageId;
  }

  /** One of its steps is with this batch. */
  waitFor(ref: string, key: string): void {
    this.on ??= { ref, key };
  }

  /** It is to be looked at again after so long. */
  comeBack(afterMs: number): void {
    this.soonestMs = Math.min(this.soonestMs, afterMs);
  }

  /** Its provider takes nothing for so long. */
  holdBack(providerId: string, afterMs: number): void {
    this.heldBackBy ??= providerId;
    this.comeBack(afterMs);
  }

  /** @param parkMs the longest wait for a batch */
  waiting(now: number, parkMs: number): Waiting {
    const untilDeadline = this.deadlineAt !== null && this.deadlineAt > now ? this.deadlineAt - now : parkMs;
    const atMostMs = Math.max(0, Math.ceil(Math.min(this.soonestMs, parkMs, untilDeadline)));
    const { on, heldBackBy } = this;
    return atMostMs === 0 ? { atMostMs, on: undefined, heldBackBy: undefined } : { atMostMs, on, heldBackBy };
  }
}

/** An item whose page is planned. */
export interface OpenItem {
  readonly item: ItemInHand;
  readonly replay: Replay;
  /** Of the page as it is; what is sent of it may be less. */
  readonly content: string;
  /** Of `content`. */
  readonly contentHash: string;
  /** Who is asked: the batch provider, or after the deadline whoever takes over. */
  readonly provider: BatchProvider;
  readonly modelId: string;
  readonly hasOwnModel: boolean;
}
