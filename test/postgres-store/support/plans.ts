import { expect } from "vitest";
import { textListsOf } from "../../../packages/postgres-store/src/connection/text-lists.js";
import type { Statement } from "../../../packages/postgres-store/src/connection/run.js";
import { ledgerStatements } from "../../../packages/postgres-store/src/statements/ledger-statements.js";
import { memoStatements } from "../../../packages/postgres-store/src/statements/memo-statements.js";
import { pageStatements } from "../../../packages/postgres-store/src/statements/page-statements.js";
import { queueStatements } from "../../../packages/postgres-store/src/statements/queue-statements.js";
import type { TestSchema } from "./schemas.js";

type Filled = Pick<TestSchema, "name" | "pool">;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Plan Rows"?: number;
  readonly "Actual Rows"?: number;
  readonly "Index Name"?: string;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Fills every table with so many rows, without going through the store: a fifth of the items are ready, the others wait, are claimed or dead. */
export async function fill({ name, pool }: Filled, rows: number): Promise<void> {
  const queuedAt = Date.now() - 1_000_000;
  await pool.query(
    `INSERT INTO "${name}".items (id, number, state, queued_at, claimable_at, rests_since, token, is_queued_again, wake_on, died_at, given, reason)
     SELECT 'pg_' || place || '@' || md5(place::text), place,
       CASE place % 5 WHEN 0 THEN 'ready' WHEN 1 THEN 'dead' ELSE 'later' END, $2::bigint + place / 100,
       CASE place % 5 WHEN 0 THEN $2::bigint ELSE $2::bigint + 3600000 + place END,
       $2::bigint + place,
       CASE place % 5 WHEN 2 THEN 'token.' || place END, place % 50 = 2, CASE place % 5 WHEN 3 THEN 'batch-' || place / 1000 END,
       CASE place % 5 WHEN 1 THEN $2::bigint + place END, '{"label":"","lane":null,"request":{}}',
       CASE place % 5 WHEN 1 THEN '{"code":"odd","message":"Odd."}'::json END
     FROM generate_series(1, $1::int) AS place`,
    [rows, queuedAt],
  );
  const key = "left(encode(sha256(place::text::bytea), 'base64'), 43)";
  await pool.query(
    `INSERT INTO "${name}".completions SELECT ${key}, $2::bigint + place, '{}' FROM generate_series(1, $1::int) AS place`,
    [rows, queuedAt],
  );
  await pool.query(
    `INSERT INTO "${name}".key_failures SELECT ${key}, 'expired', 1, place, $2::bigint + place, '{"message":""}' FROM generate_series(1, $1::int) AS place`,
    [rows, queuedAt],
  );
  await pool.query(
    `INSERT INTO "${name}".batch_keys SELECT ${key}, 'ref-' || place / 10000 FROM generate_series(1, $1::int) AS place`,
    [rows],
  );
  await pool.query(
    `INSERT INTO "${name}".batches (ref, provider, model_id, keys, reserved_at, due_at, rests_since, submission)
     SELECT 'ref-' || place, 'provider', 'model', '{}', 0, 0, 0, '{"kind":"intended"}' FROM generate_series(1, 2000) AS place`,
  );
  await pool.query(
    `INSERT INTO "${name}".pages SELECT 'pg_' || place, md5(place::text), $2, '{"content":""}' FROM generate_series(1, $1::int) AS place`,
    [rows, queuedAt],
  );
}

/** So many items and keys a statement names at most: those of a part of a list, and those of a batch. */
export interface Counts {
  readonly ids: number;
  readonly keys: number;
}

/** Every statement of the hot path with what it is called with. The counts for people, and lists of everything, are not among them. */
function hotPath(
  { name }: Filled,
  { ids: idCount, keys: keyCount }: Counts,
): readonly (readonly [Statement, readonly unknown[]])[] {
  const queue = queueStatements(name);
  const ledger = ledgerStatements(name);
  const memo = memoStatements(name);
  const pages = pageStatements(name);
  const ids = Array.from({ length: idCount }, (_, index) => `pg_${index * 7}@x`);
  const { lists, separator } = textListsOf([ids, ids.map(() => "{}")]);
  const tokens = ids.map((_, index) => `token.${index * 7}`);
  const keys = Array.from({ length: keyCount }, (_, index) => `key-${index}`);
  // More of the memo do not go together.
  const some = keys.slice(0, 1_000);
  const failures = [keys, keys.map(() => "odd"), keys.map(() => 1), keys.map(() => '""')];
  return [
    [queue.enqueue, [null, ...lists, separator]],
    [queue.enqueueOne, [null, "pg_7@x", "{}"]],
    [queue.enqueueAgain, [null, ids, ids.map(() => "{}")]],
    [queue.claim, [null, 200, 60_000, "token", 1_000]],
    [queue.claim, [null, 10_000, 60_000, "token", 10_000]],
    [queue.extend, [null, ids, tokens, 60_000]],
    [queue.complete, [null, ids, tokens]],
    [queue.release, [null, ids, tokens, 60_000, "batch-7"]],
    [queue.wake, [null, "batch-7"]],
    [queue.deadLetter, [null, ids, tokens, "{}"]],
    [queue.deadLetters, [100]],
    [queue.retry, [null, ids]],
    [queue.held, [ids, tokens]],
    [queue.dead, [ids]],
    [queue.expire, [Date.now() - 990_000, 1_000]],
    [queue.recallDead, [null, 1_000]],
    [ledger.reserve, [null, "ref", "provider", "model", keys, null, 60_000, "token"]],
    [ledger.claim, [null, "provider", 10, 60_000, "token"]],
    [ledger.extend, [null, "ref-7", "token", 60_000]],
    [ledger.record, ["ref-7", "token", '{"kind":"intended"}', null]],
    [ledger.release, [null, "ref-7", "token", 60_000]],
    [ledger.close, [null, ...failures, "ref", "token"]],
    [ledger.holders, [keys]],
    [ledger.failuresOf, [keys]],
    [ledger.note, [null, ...failures]],
    [ledger.forgive, [keys]],
    [ledger.expire, [Date.now() - 990_000, 1_000]],
    [ledger.recall, [null, 1_000]],
    [memo.get, [null, some, 129_600_000]],
    [memo.renew, [null, some, 129_600_000]],
    [memo.recall, [null, 1_000]],
    [memo.set, [null, some, some.map(() => "{}")]],
    [memo.expire, [Date.now() - 990_000, 1_000]],
    [pages.read, ["pg_7"]],
    [pages.save, [null, "pg_7", "hash", "{}"]],
    [pages.writeSummary, ["pg_7", "hash", "{}"]],
  ];
}

/** Looks at how the server would run each statement: it must come to rows by an index. */
export async function expectNoScans(schema: Filled, counts: Counts): Promise<void> {
  const scans: string[] = [];
  for (const [{ doing, text }, values] of hotPath(schema, counts)) {
    const { rows } = await schema.pool.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      [...values],
    );
    const [plan] = rows[0]?.["QUERY PLAN"] ?? [];
    if (plan === undefined) throw new Error(`No plan for: ${doing}`);
    scans.push(...scansIn(plan.Plan).map((table) => `${doing}: ${table}`));
  }
  expect(scans, "statements that read a whole table").toEqual([]);
}

/** How many entries of indexes over what waits or is claimed a claim looks at. Nothing is claimed. */
export async function laterOnesOfClaim({ name, pool }: Filled): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${queueStatements(name).claim.text}`,
      [null, 200, 60_000, "token", 1_000],
    );
    const [plan] = rows[0]?.["QUERY PLAN"] ?? [];
    return plan === undefined ? Infinity : laterOnesIn(plan.Plan);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

function laterOnesIn(node: PlanNode): number {
  const { "Index Name": index = "", "Actual Rows": rows = 0, "Rows Removed by Filter": removed = 0 } = node;
  const own = /^items_(later|rests_since)$/u.test(index) ? rows + removed : 0;
  return (node.Plans ?? []).map(laterOnesIn).reduce((sum, count) => sum + count, own);
}

/** Tables that are read from end to end. */
function scansIn(node: PlanNode): string[] {
  const own = node["Node Type"] === "Seq Scan" ? [node["Relation Name"] ?? "?"] : [];
  return [...own, ...(node.Plans ?? []).flatMap(scansIn)];
}
