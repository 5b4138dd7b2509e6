import { wholeNumber } from "@gro/summarizer/executor";
import {
  claimTokensOf,
  deadLetterReasonOf,
  itemIdsOf,
  releaseOptionsOf,
  wakeNameOf,
} from "../arguments/queue-arguments.js";
import { claimRequestOf } from "../claim-request.js";
import { plainCopy } from "../plain-copy.js";
import type { StoreEnvironment } from "../ports/durable-store.js";
import type {
  Claim,
  ClaimOutcome,
  ClaimToken,
  DeadLetter,
  EnqueueOutcome,
  QueueItem,
  QueueStore,
} from "../ports/queue-store.js";
import { checkItems, queueItemOf } from "../queue-item.js";
import { LiveItems } from "./live-items.js";
import type { QueueEntry } from "./queue-entry.js";
import { readyEnvironment } from "./ready-environment.js";

/**
 * A queue that lives as long as the object, for tests and for hosts that keep everything in one process. It says in code what the
 * port says in words: other stores are compared with it.
 */
export function memoryQueueStore(environment?: StoreEnvironment): QueueStore {
  const { now, randomId } = readyEnvironment(environment);
  const live = new LiveItems(now);
  /** In the order of their deaths. */
  const dead = new Map<string, DeadLetter>();

  function add(item: QueueItem): EnqueueOutcome {
    const entry = live.get(item.id);
    if (entry !== undefined) {
      // What its worker has seen of the page may be out of date.
      if (entry.token !== undefined) entry.isQueuedAgain = true;
      return { id: item.id, kind: "duplicate" };
    }
    const kind = dead.delete(item.id) ? "revived" : "queued";
    live.add(item);
    return { id: item.id, kind };
  }

  function finish(claims: readonly ClaimToken[], change: (entry: QueueEntry) => unknown): ClaimOutcome[] {
    claimTokensOf(claims);
    return claims.map((claim) => {
      const entry = live.heldBy(claim);
      if (entry === undefined) return "lost";
      change(entry);
      return "ok";
    });
  }

  function take(entry: QueueEntry, leaseEndsAt: number): Claim {
    if (entry.token !== undefined) entry.lapses++;
    const token = randomId();
    entry.token = token;
    entry.isQueuedAgain = false;
    live.rest(entry, leaseEndsAt);
    const { item, lapses } = entry;
    return { itemId: item.id, token, item: plainCopy(item), leaseEndsAt, lapses };
  }

  /** Takes an item out, or lets it begin anew. Answers whether it is out. */
  function end(entry: QueueEntry, queuedAt: number): boolean {
    live.remove(entry);
    if (entry.isQueuedAgain) live.add({ ...entry.item, queuedAt });
    return !entry.isQueuedAgain;
  }

  return {
    async enqueue(items) {
      const queuedAt = now();
      checkItems(items);
      return items.map((item) => queueItemOf(item, queuedAt)).map(add);
    },
    async claim(request) {
      const { limit, leaseMs } = claimRequestOf(request);
      const time = now();
      live.recall(time);
      const claims: Claim[] = [];
      while (claims.length < limit) {
        const entry = live.takeNext(time);
        if (entry === undefined) break;
        claims.push(take(entry, time + leaseMs));
      }
      return claims;
    },
    async extend(claims, leaseMs) {
      const leaseEndsAt = now() + wholeNumber("leaseMs", leaseMs, 1);
      return finish(claims, (entry) => live.rest(entry, leaseEndsAt));
    },
    async complete(claims) {
      const endedAt = now();
      return finish(claims, (entry) => end(entry, endedAt));
    },
    async release(claims, options) {
      const { delayMs, wakeOn } = releaseOptionsOf(options);
      const claimableAt = now() + delayMs;
      return finish(claims, (entry) => {
        entry.token = undefined;
        entry.lapses = 0;
        entry.isQueuedAgain = false;
        live.rest(entry, claimableAt, wakeOn);
      });
    },
    async wake(name) {
      return live.wake(wakeNameOf(name), now());
    },
    async deadLetter(claims, reason) {
      const { code, message } = deadLetterReasonOf(reason);
      const diedAt = now();
      return finish(claims, (entry) => {
        if (end(entry, diedAt))
          dead.set(entry.item.id, { item: entry.item, reason: { code, message }, diedAt });
      });
    },
    async deadLetters(limit = Infinity) {
      const letters = [...dead.values()].sort((left, right) => left.diedAt - right.diedAt);
      return letters.slice(0, limit).map(plainCopy);
    },
    async retry(itemIds = [...dead.keys()]) {
      itemIdsOf(itemIds);
      const queuedAt = now();
      const letters = [...new Set(itemIds)].flatMap((itemId) => dead.get(itemId) ?? []);
      for (const { item } of letters) {
        dead.delete(item.id);
        live.add({ ...item, queuedAt });
      }
      return letters.length;
    },
    async stats() {
      return { ...live.stats(now()), dead: dead.size };
    },
  };
}
