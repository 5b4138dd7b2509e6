import type { Statement } from "../connection/run.js";
import { among, isAhead, isFromAhead, NOW, tablesOf } from "./schema.js";

/** Everything that a ledger asks of the database. */
export interface LedgerStatements {
  /**
   * `$1` now, `$2` ref, `$3` provider, `$4` model, `$5` keys in their order, `$6` deadline or null, `$7` lease, `$8` token
   * → a row for each key that another batch holds, with its `key` and `ref`, or one without; in all of them `reserved_at`
   */
  readonly reserve: Statement;
  /** `$1` now, `$2` provider, `$3` limit, `$4` lease, `$5` token → batches, the longest due first */
  readonly claim: Statement;
  /** `$1` now, `$2` ref, `$3` token, `$4` lease → `ref` */
  readonly extend: Statement;
  /** `$1` ref, `$2` token, `$3` submission or null, `$4` what is ruled out or null → `ref` */
  readonly record: Statement;
  /** `$1` now, `$2` ref, `$3` token, `$4` delay → `ref` */
  readonly release: Statement;
  /** `$1` now, `$2` to `$5` keys, kinds, counts and latest of failures, `$6` ref, `$7` token → `ref` */
  readonly close: Statement;
  /** `$1` keys → `key`, `ref` */
  readonly holders: Statement;
  /** `$1` keys → `key`, `kind`, `count`, `failed_at`, `latest`, the latest failure of each key last */
  readonly failuresOf: Statement;
  /** `$1` now, `$2` to `$5` keys, kinds, counts and latest of failures */
  readonly note: Statement;
  /** `$1` keys */
  readonly forgive: Statement;
  /** → batches, the oldest first */
  readonly openBatches: Statement;
  /** `$1` failed before, `$2` how many → `key` */
  readonly expire: Statement;
  /** `$1` now, `$2` how many → `key` of those that failed in a time that is still to come: they count as failed now */
  readonly recall: Statement;
}

/** The statements for the tables of a schema. */
export function ledgerStatements(schema: string): LedgerStatements {
  const { batches, batchKeys, keyFailures, failureNumbers } = tablesOf(schema);
  const batch =
    "ref, provider, model_id, to_json(keys)::text AS keys, reserved_at, deadline_at, due_at, token, " +
    "submission::text AS submission, to_json(ruled_out)::text AS ruled_out";
  const failures = `failures AS MATERIALIZED (
    SELECT key, kind, count, latest, nextval('${failureNumbers}') AS number
    FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS failures (key, kind, count, latest)
  )`;
  const noteThem = (condition: string) => `
    INSERT INTO ${keyFailures} AS known (key, kind, count, number, failed_at, latest)
    SELECT key, kind, count, number, ${NOW}, latest::json FROM failures ${condition} ORDER BY key COLLATE "C", kind COLLATE "C"
    ON CONFLICT (key, kind) DO UPDATE SET
      count = known.count + excluded.count, number = excluded.number, failed_at = excluded.failed_at,
      latest = excluded.latest`;
  return {
    // A key that is held is locked for the moment by an update that changes nothing: so each key is either granted or comes with the ref of
    // an unfinished batch, whoever closes one meanwhile. A key that is neither would be sent a second time.
    reserve: {
      doing: "reserve step keys",
      text: `
        WITH wanted AS MATERIALIZED (
          SELECT key, place FROM unnest($5::text[]) WITH ORDINALITY AS wanted (key, place)
        ), taken AS MATERIALIZED (
          INSERT INTO ${batchKeys} AS held (key, ref) SELECT key, $2::text FROM wanted ORDER BY key COLLATE "C"
          ON CONFLICT (key) DO UPDATE SET ref = held.ref
          RETURNING held.key, held.ref
        ), opened AS (
          INSERT INTO ${batches} (ref, provider, model_id, keys, reserved_at, deadline_at, due_at, rests_since, token, submission)
          SELECT $2::text, $3::text, $4::text, array_agg(key ORDER BY place), ${NOW}, $6::bigint, ${NOW} + $7::bigint, ${NOW},
            $8::text, '{"kind":"intended"}'
          FROM wanted JOIN taken USING (key) WHERE taken.ref = $2::text HAVING count(*) > 0
        )
        SELECT ${NOW} AS reserved_at, key, ref
        FROM (SELECT) AS always LEFT JOIN taken ON taken.ref <> $2::text`,
    },
    claim: {
      doing: "claim batches",
      text: `
        WITH due AS MATERIALIZED (
          SELECT ref, due_at, number FROM ${batches} WHERE provider = $2::text AND due_at <= ${NOW}
          ORDER BY due_at, number LIMIT $3::bigint FOR UPDATE SKIP LOCKED
        ), recalled AS MATERIALIZED (
          SELECT ref, due_at, number FROM ${batches} WHERE provider = $2::text AND ${isFromAhead("due_at")}
          ORDER BY rests_since DESC LIMIT $3::bigint FOR UPDATE SKIP LOCKED
        ), chosen AS MATERIALIZED (
          SELECT * FROM (SELECT * FROM due UNION ALL SELECT * FROM recalled) AS claimable
          ORDER BY due_at, number LIMIT $3::bigint
        ), claimed AS (
          UPDATE ${batches} AS batch SET
            token = $5::text || '.' || batch.number, due_at = ${NOW} + $4::bigint, rests_since = ${NOW}
          FROM chosen WHERE batch.ref = ANY (ARRAY(SELECT ref FROM chosen)) AND batch.ref = chosen.ref
          RETURNING batch.*, chosen.due_at AS was_due_at
        )
        SELECT ${batch} FROM claimed ORDER BY was_due_at, number`,
    },
    extend: {
      doing: "extend a batch's lease",
      text: `
        UPDATE ${batches} SET due_at = ${NOW} + $4::bigint, rests_since = ${NOW}
        WHERE ref = $2::text AND token = $3::text RETURNING ref`,
    },
    record: {
      doing: "record a submission",
      text: `
        UPDATE ${batches} SET
          submission = COALESCE($3::json, submission),
          ruled_out = CASE WHEN $4::text IS NULL OR $4::text = ANY (ruled_out) THEN ruled_out ELSE ruled_out || $4::text END
        WHERE ref = $1::text AND token = $2::text RETURNING ref`,
    },
    release: {
      doing: "release a batch",
      text: `
        UPDATE ${batches} SET token = NULL, due_at = ${NOW} + $4::bigint, rests_since = ${NOW}
        WHERE ref = $2::text AND token = $3::text RETURNING ref`,
    },
    close: {
      doing: "close a batch",
      text: `
        WITH closed AS MATERIALIZED (
          DELETE FROM ${batches} WHERE ref = $6::text AND token = $7::text RETURNING ref, keys
        ), freed AS (
          DELETE FROM ${batchKeys} WHERE ref = $6::text AND key = ANY (ARRAY(SELECT unnest(keys) FROM closed))
        ), ${failures}, noted AS (${noteThem("WHERE EXISTS (SELECT FROM closed)")})
        SELECT ref FROM closed`,
    },
    holders: {
      doing: "look up step keys",
      text: `SELECT key, ref FROM ${batchKeys} WHERE key = ${among("$1")}`,
    },
    failuresOf: {
      doing: "look up failures",
      text: `
        SELECT key, kind, count, failed_at, latest::text AS latest FROM ${keyFailures}
        WHERE key = ${among("$1")} ORDER BY key, number`,
    },
    note: { doing: "note failures", text: `WITH ${failures} ${noteThem("")}` },
    // In the order in which they are noted.
    forgive: {
      doing: "forgive failures",
      text: `
        WITH forgiven AS MATERIALIZED (
          SELECT key FROM ${keyFailures} WHERE key = ${among("$1")} ORDER BY key, kind FOR UPDATE
        )
        DELETE FROM ${keyFailures} WHERE key = ANY (ARRAY(SELECT key FROM forgiven))`,
    },
    openBatches: { doing: "list batches", text: `SELECT ${batch} FROM ${batches} ORDER BY number` },
    expire: {
      doing: "clear away old failures",
      text: `
        DELETE FROM ${keyFailures} WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${keyFailures} WHERE failed_at < $1::bigint
          ORDER BY failed_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        )) RETURNING key`,
    },
    recall: {
      doing: "set failures right that are from ahead",
      text: `
        UPDATE ${keyFailures} SET failed_at = ${NOW} WHERE ctid = ANY (ARRAY(
          SELECT ctid FROM ${keyFailures} WHERE ${isAhead("failed_at")}
          ORDER BY failed_at LIMIT $2::bigint FOR NO KEY UPDATE SKIP LOCKED
        )) RETURNING key`,
    },
  };
}
