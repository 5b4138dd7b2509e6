import { queueItemOf, type ClaimToken, type QueueStore, type StoreEnvironment } from "@gro/queue";
import type { DeadLetter, QueueItem, QueueStats } from "@gro/queue";
import Database from "libsql";

/** An item is free from `free_at` on, dead where that is NULL. `token`: who has it; `again`: who had it when it was queued again. */
const SCHEMA = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS items (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, item TEXT, queued_at INT AS (item ->> 'queuedAt'),
    free_at INT DEFAULT 0, token TEXT, again TEXT, lapses INT DEFAULT 0, wake_on TEXT, dead TEXT)`;
const ADD = "INSERT OR IGNORE INTO items (id, item) VALUES (@id, @item)";
const FREE = "SELECT * FROM items WHERE free_at <= @now ORDER BY queued_at, seq LIMIT @limit";
const TAKE = `UPDATE items SET token = @token, free_at = @leaseEndsAt, lapses = lapses + 1 WHERE id = @itemId`;
const RELEASE = `UPDATE items SET token = NULL, lapses = 0, free_at = @now + @delayMs, wake_on = @wakeOn WHERE`;
const WAKE = "UPDATE items SET free_at = @now WHERE wake_on = @name AND token IS NULL AND free_at > @now";
const BURY = `UPDATE items SET token = NULL, free_at = NULL, seq = (SELECT max(seq) + 1 FROM items),
  dead = json_object('item', json(item), 'reason', json(@reason), 'diedAt', @now) WHERE`;
const DEAD = "SELECT * FROM items WHERE free_at IS NULL ORDER BY seq LIMIT @limit";
const RENEW = `UPDATE items SET item = json_set(item, '$.queuedAt', @now), token = NULL, free_at = 0, lapses = 0 WHERE`;
const AGAIN = `${RENEW} again = token AND`;
const RETRY = `${RENEW} free_at IS NULL AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))`;
const STATS = `SELECT total(free_at <= @now) AS ready, total(free_at > @now AND token IS NULL) AS waiting,
  total(free_at > @now AND token NOT NULL) AS claimed, total(free_at IS NULL) AS dead,
  min(iif(free_at NOT NULL, queued_at, NULL)) AS oldestQueuedAt FROM items`;
type Row = { id: string; item: string; lapses: number; dead: string };

/** A queue in an SQLite database, which any number of processes may share: each call is one transaction. */
export function sqliteQueue(path: string, environment: StoreEnvironment = {}): QueueStore {
  const { clock = Date, randomId = () => crypto.randomUUID() } = environment;
  const sql = new Database(path, { timeout: 10_000 });
  sql.exec(SCHEMA);
  const rows = (query: string, values: object) => sql.prepare(query).all(values) as Row[];
  const run = (change: string, values: object) => sql.prepare(change).run(values).changes;
  const once = async <Answer>(work: (now: number) => Answer) => sql.transaction(work).immediate(clock.now());
  const add = (item: QueueItem) => {
    const wasDead = run("DELETE FROM items WHERE id = @id AND free_at IS NULL", { id: item.id });
    run("UPDATE items SET again = token WHERE id = @id", { id: item.id });
    const isNew = run(ADD, { ...item, item: JSON.stringify(item) });
    return { id: item.id, kind: wasDead ? "revived" : isNew ? "queued" : "duplicate" } as const;
  };
  const lend = (leaseEndsAt: number) => (row: Row) => {
    const claim = { itemId: row.id, token: randomId(), leaseEndsAt };
    run(TAKE, claim);
    return { ...claim, lapses: row.lapses, item: JSON.parse(row.item) as QueueItem };
  };
  const mine = (changes: string[], all: object) =>
    changes.some((change) => run(`${change} id = @itemId AND token = @token`, all)) ? "ok" : "lost";
  const each = (held: readonly ClaimToken[], changes: string[], values = {}) =>
    once((now) => held.map((claim) => mine(changes, { ...claim, ...values, now })));
  return {
    enqueue: (items) => once((now) => items.map((given) => queueItemOf(given, now)).map(add)),
    claim: ({ limit, leaseMs }) => once((now) => rows(FREE, { now, limit }).map(lend(now + leaseMs))),
    extend: (held, leaseMs) => each(held, ["UPDATE items SET free_at = @now + @leaseMs WHERE"], { leaseMs }),
    complete: (held) => each(held, [AGAIN, "DELETE FROM items WHERE"]),
    release: (held, { delayMs = 0, wakeOn } = {}) => each(held, [RELEASE], { delayMs, wakeOn }),
    wake: (name) => once((now) => run(WAKE, { name, now })),
    deadLetter: (held, reason) => each(held, [AGAIN, BURY], { reason: JSON.stringify(reason) }),
    deadLetters: async (limit = -1) => rows(DEAD, { limit }).map((row) => JSON.parse(row.dead) as DeadLetter),
    retry: (ids) => once((now) => run(RETRY, { now, ids: JSON.stringify(ids) })),
    stats: async () => sql.prepare(STATS).all({ now: clock.now() })[0] as QueueStats,
  };
}
