import {
  checkItems,
  claimRequestOf,
  deadLetterReasonOf,
  itemIdsOf,
  queueItemOf,
  releaseOptionsOf,
  wakeNameOf,
  type ClaimOutcome,
  type ClaimToken,
  type EnqueueOutcome,
  type NewQueueItem,
  type QueueStore,
} from "@gro/queue";
import { wholeNumber } from "@gro/summarizer/executor";
import type { Database } from "../connection/database.js";
import { LONGEST_MS, Patience } from "../connection/patience.js";
import { number, optionalNumber, text, type Row } from "../connection/row.js";
import type { Statement } from "../connection/run.js";
import type { PostgresClient } from "../ports/postgres-pool.js";
import { queueStatements } from "../statements/queue-statements.js";
import { channelOf } from "../statements/schema.js";
import type { Listener } from "../wake-up/listener.js";
import type { Notifier } from "../wake-up/notifier.js";
import { finishItems, type Finish } from "./finish-items.js";
import { freeFirst } from "./free-first.js";
import { partsOf } from "./parts.js";
import { putItems } from "./put-items.js";
import { claimIn, deadLetterIn } from "./queue-rows.js";
import type { Retention } from "./retention.js";
import { storable } from "./storable.js";

export interface EnqueueOptions {
  /**
   * A client inside a transaction of the caller's: the items are queued when it commits, and only then durable. A pool is refused; whether a
   * transaction is open is not checked. @default none
   */
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

export function queueOf(database: Database, { notifier, listener, retention }: QueueParts): PostgresQueue {
  const { now, randomId, schema } = database.options;
  const statements = queueStatements(schema);

  /** Does something to the items whose tokens are good. */
  async function finish(
    claims: readonly ClaimToken[],
    statement: Statement,
    valuesOf: Finish["valuesOf"],
    { again = "lost", waits = true }: Partial<Pick<Finish, "again" | "waits">> = {},
  ): Promise<ClaimOutcome[]> {
    const change = { statement, valuesOf, again, waits };
    const { outcomes, isAnyReady } = await finishItems(database.run, statements, database, claims, change);
    if (isAnyReady) notifier.notify();
    return outcomes;
  }

  async function retryAll(itemIds: readonly string[]): Promise<number> {
    let retried = 0;
    const idsIn = (rows: readonly Row[]) => rows.map((row) => text(row, "id"));
    for (const part of partsOf(itemIds)) {
      await freeFirst(part, new Patience(statements.retry.doing, LONGEST_MS.items, database), {
        async change(ids) {
          const done = idsIn(await database.run(statements.retry, [now(), ids]));
          retried += done.length;
          return done;
        },
        stillThere: async (ids) => idsIn(await database.run(statements.dead, [ids])),
      });
    }
    if (retried > 0) notifier.notify();
    return retried;
  }

  return {
    async enqueue(given, { client } = {}) {
      checkItems(given);
      const run = client === undefined ? database.run : database.runOn(client);
      // The database sets the time.
      const items = given.map((item) => queueItemOf(item, 0));
      if (items.length === 0) return [];
      const outcomes = await putItems(run, statements, now(), items);
      if (!isAnyNew(outcomes)) return outcomes;
      if (client === undefined) notifier.notify();
      // Sent when the caller commits.
      else if (notifier.isToJoin()) await run(statements.notify, [channelOf(schema)]);
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
      return finish(claims, statements.extend, (ids, tokens) => [now(), ids, tokens, leaseMs], {
        again: "ok",
        waits: false,
      });
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

/** What is there already makes nothing claimable that was not. */
function isAnyNew(outcomes: readonly EnqueueOutcome[]): boolean {
  return outcomes.some(({ kind }) => kind !== "duplicate");
}
