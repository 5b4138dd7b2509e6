import {
  checkItems,
  claimRequestOf,
  claimTokensOf,
  deadLetterReasonOf,
  itemIdsOf,
  queueItemOf,
  releaseOptionsOf,
  wakeNameOf,
  type ClaimOutcome,
  type ClaimToken,
  type EnqueueOutcome,
  type NewQueueItem,
  type QueueItem,
  type QueueStore,
} from "@gro/queue";
import { wholeNumber } from "@gro/summarizer/executor";
import type { Database } from "../connection/database.js";
import { number, optionalNumber, text } from "../connection/row.js";
import type { Run, Statement } from "../connection/run.js";
import type { PostgresClient } from "../ports/postgres-pool.js";
import { queueStatements } from "../statements/queue-statements.js";
import { channelOf } from "../statements/schema.js";
import type { Listener } from "../wake-up/listener.js";
import type { Notifier } from "../wake-up/notifier.js";
import { claimIn, deadLetterIn, givenOf } from "./queue-rows.js";
import type { Retention } from "./retention.js";
import { storable } from "./storable.js";

export interface EnqueueOptions {
  /** A client inside a transaction of the caller's: the items are queued when it commits, and only then durable. @default none */
  readonly client?: PostgresClient | undefined;
}

/** The queue of a database. */
export interface PostgresQueue extends QueueStore {
  /** Puts items into the queue, as the port says; with `client`, as a part of the caller's transaction. */
  enqueue(items: readonly NewQueueItem[], options?: EnqueueOptions): Promise<readonly EnqueueOutcome[]>;
  onClaimable(listener: () => void): () => void;
}

/** What a queue has beside the database. */
export interface QueueParts {
  readonly notifier: Notifier;
  readonly listener: Listener;
  readonly retention: Retention;
}

/** So many that are due are looked at by one claim, at least: among these the order is right. */
const DUE_AT_ONCE = 1_000;
const ITEMS_AT_ONCE = 5_000;

export function queueOf(database: Database, { notifier, listener, retention }: QueueParts): PostgresQueue {
  const { now, randomId, schema } = database.options;
  const statements = queueStatements(schema);

  async function put(run: Run, items: readonly QueueItem[]): Promise<EnqueueOutcome[]> {
    // The first of those that are the same is queued, the others are duplicates.
    const wanted = new Map([...items].reverse().map((item) => [storable("content hash", item.id), item]));
    const first = items.filter((item) => wanted.get(item.id) === item);
    const kinds = new Map<QueueItem, EnqueueOutcome["kind"]>(first.map((item) => [item, "queued"]));
    const [only] = first;
    if (first.length === 1 && only !== undefined) {
      const [row] = await run(statements.enqueueOne, [now(), only.id, givenOf(only)]);
      const deaths = row === undefined ? null : optionalNumber(row, "deaths");
      kinds.set(only, deaths === null ? "duplicate" : deaths === 0 ? "queued" : "revived");
    } else {
      for (const part of partsOf(first)) {
        const values = [now(), part.map(({ id }) => id), part.map(givenOf)];
        for (const row of await run(statements.enqueue, values)) {
          const item = wanted.get(text(row, "id"));
          if (item !== undefined)
            kinds.set(item, optionalNumber(row, "deaths") === null ? "duplicate" : "revived");
        }
      }
    }
    return items.map((item) => ({ id: item.id, kind: kinds.get(item) ?? "duplicate" }));
  }

  /** Does something to the items whose tokens are good. A claim that stands twice in the list is done once. */
  async function finish(
    given: readonly ClaimToken[],
    statement: Statement,
    valuesOf: (ids: readonly string[], tokens: readonly string[]) => readonly unknown[],
    again: ClaimOutcome = "lost",
  ): Promise<ClaimOutcome[]> {
    const claims = claimTokensOf(given);
    const wanted = [...new Map(claims.map((claim) => [keyOf(claim), claim])).values()];
    const done = new Set<string>();
    let isAnyReady = false;
    for (const part of partsOf(wanted)) {
      const ids = part.map(({ itemId }) => itemId);
      const tokens = part.map(({ token }) => token);
      for (const row of await database.run(statement, valuesOf(ids, tokens))) {
        done.add(keyOf({ itemId: text(row, "id"), token: text(row, "token") }));
        if (optionalNumber(row, "is_ready") === 1) isAnyReady = true;
      }
    }
    if (isAnyReady) notifier.notify();
    const told = new Set<string>();
    return claims.map((claim) => {
      const key = keyOf(claim);
      if (!done.has(key)) return "lost";
      if (told.has(key)) return again;
      told.add(key);
      return "ok";
    });
  }

  async function retryAll(itemIds: readonly string[]): Promise<number> {
    let retried = 0;
    for (const ids of partsOf(itemIds)) {
      retried += (await database.run(statements.retry, [now(), ids])).length;
    }
    if (retried > 0) notifier.notify();
    return retried;
  }

  return {
    async enqueue(given, { client } = {}) {
      checkItems(given);
      // The database sets the time.
      const items = given.map((item) => queueItemOf(item, 0));
      if (items.length === 0) return [];
      if (client !== undefined) {
        const run = database.runOn(client);
        const outcomes = await put(run, items);
        // Sent when the caller commits.
        await run(statements.notify, [channelOf(schema)]);
        return outcomes;
      }
      const outcomes = await put(database.run, items);
      if (outcomes.some(({ kind }) => kind !== "duplicate")) notifier.notify();
      return outcomes;
    },
    async claim(request) {
      const { limit, leaseMs } = claimRequestOf(request);
      const values = [now(), limit, leaseMs, randomId(), Math.max(limit, DUE_AT_ONCE)];
      const rows = await database.run(statements.claim, values);
      retention.noteUse();
      return rows.map(claimIn);
    },
    async extend(claims, leaseMs) {
      wholeNumber("leaseMs", leaseMs, 1);
      return finish(claims, statements.extend, (ids, tokens) => [now(), ids, tokens, leaseMs], "ok");
    },
    complete: (claims) => finish(claims, statements.complete, (ids, tokens) => [now(), ids, tokens]),
    async release(claims, options) {
      const { delayMs, wakeOn } = releaseOptionsOf(options);
      const name = wakeOn === undefined ? null : storable("name to wake on", wakeOn);
      const values = (ids: readonly string[], tokens: readonly string[]) => [
        now(),
        ids,
        tokens,
        delayMs,
        name,
      ];
      const outcomes = await finish(claims, statements.release, values);
      if (delayMs === 0 && outcomes.includes("ok")) notifier.notify();
      return outcomes;
    },
    async wake(name) {
      const { length } = await database.run(statements.wake, [now(), wakeNameOf(name)]);
      if (length > 0) notifier.notify();
      return length;
    },
    async deadLetter(claims, given) {
      const reason = JSON.stringify(deadLetterReasonOf(given));
      return finish(claims, statements.deadLetter, (ids, tokens) => [now(), ids, tokens, reason]);
    },
    async deadLetters(limit) {
      return (await database.run(statements.deadLetters, [limit ?? null])).map(deadLetterIn);
    },
    async retry(itemIds) {
      if (itemIds !== undefined) return retryAll([...new Set(itemIdsOf(itemIds))]);
      return retryAll((await database.run(statements.deadIds)).map((row) => text(row, "id")));
    },
    async stats() {
      const [row = {}] = await database.run(statements.stats, [now()]);
      return {
        ready: number(row, "ready"),
        waiting: number(row, "waiting"),
        claimed: number(row, "claimed"),
        dead: number(row, "dead"),
        oldestQueuedAt: optionalNumber(row, "oldest_queued_at"),
      };
    },
    onClaimable: (wake) => listener.add(wake),
  };
}

function keyOf({ itemId, token }: ClaimToken): string {
  return JSON.stringify([itemId, token]);
}

/** Statements that lock no more than so many rows. */
function partsOf<Member>(list: readonly Member[]): (readonly Member[])[] {
  const parts: (readonly Member[])[] = [];
  for (let start = 0; start < list.length; start += ITEMS_AT_ONCE) {
    parts.push(list.slice(start, start + ITEMS_AT_ONCE));
  }
  return parts;
}
