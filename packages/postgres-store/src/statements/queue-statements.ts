import type { Statement } from "../connection/run.js";
import { textsIn } from "../connection/text-lists.js";
import { among, isAhead, isFromAhead, NOW, tablesOf } from "./schema.js";

/** Everything that a queue asks of the database. */
export interface QueueStatements {
  /** `$1` now, `$2` ids, `$3` what was given, as JSON, both as text lists, `$4` their separator → `id` of what is there already */
  readonly enqueue: Statement;
  /** `$1` now, `$2` id, `$3` what was given, as JSON → `id`, or none where it is there already: the same for one, in half the time */
  readonly enqueueOne: Statement;
  /**
   * For what is there already: `$1` now, `$2` ids, `$3` what was given, as JSON, as arrays → `id` of those that are still there, and
   * `is_revived`: 1 where it was a dead letter, else 0
   */
  readonly enqueueAgain: Statement;
  /** `$1` now, `$2` limit, `$3` lease, `$4` token, `$5` how many that are due are looked at → claims, the oldest first */
  readonly claim: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` lease → `id` and `token` of those that are good and free */
  readonly extend: Statement;
  /** `$1` now, `$2` ids, `$3` tokens → of those that are free: `id`, `token`, and `is_ready`: 1 where it was queued again meanwhile, else 0 */
  readonly complete: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` delay, `$5` name → `id`, `token` of those that are free */
  readonly release: Statement;
  /** `$1` now, `$2` name → `id` */
  readonly wake: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` reason → of those that are free: `id`, `token`, and `is_ready`: 1 where it was queued again meanwhile, else 0 */
  readonly deadLetter: Statement;
  /** `$1` limit, or null → dead letters, the oldest first */
  readonly deadLetters: Statement;
  /** → `id`, the oldest death first */
  readonly deadIds: Statement;
  /** `$1` now, `$2` ids → `id` of those that are free */
  readonly retry: Statement;
  /** `$1` ids, `$2` tokens → `id`, `token` of those that are good, whoever is busy with them */
  readonly held: Statement;
  /** `$1` ids → `id` of those that are dead letters, whoever is busy with them */
  readonly dead: Statement;
  /** `$1` now → one row of counts */
  readonly stats: Statement;
  /** `$1` channel */
  readonly notify: Statement;
  /** `$1` died before, `$2` how many → `id` */
  readonly expire: Statement;
  /** `$1` now, `$2` how many → `id` of dead letters that died in a time that is still to come: they count as dead since now */
  readonly recallDead: Statement;
}

/** So many items a statement can number: no more may be in one. */
export const NUMBERS_AT_ONCE = 10_000;

const ITEM = "id, queued_at, given::text AS given";

/*
 * Who is in whose way. A transaction of a host's may stay open for long, with any items in it, in any order:
 *
 * - Only enqueue waits in the server, and locks rows in the order of their ids. All the others take what is free, and look again for what is
 *   not, for a while, holding none: nobody waits in a circle with them, and no worker for as long as a host's transaction is open.
 * - Enqueue locks what is there already for key share. As long as its transaction is open, nobody claims such an item or takes it out,
 *   which need the whole lock: its page may have been saved in the same transaction, and is not yet to be seen. Leases and wake-ups go on
 *   beside it. Only what it has to write to, the mark of a claimed item, is locked for more.
 */

/** The statements for the tables of a schema. */
export function queueStatements(schema: string): QueueStatements {
  const { items, itemNumbers } = tablesOf(schema);
  const given = "given AS MATERIALIZED (SELECT * FROM unnest($2::text[], $3::text[]) AS given (id, token))";
  // `among` keeps the server to the index, also while it has not yet looked at how many rows there are.
  const freeFor = (lock: string, columns = "item.id, item.token") => `
    free AS MATERIALIZED (
      SELECT ${columns} FROM ${items} AS item, given
      WHERE item.id = ${among("$2")} AND item.id = given.id AND item.token = given.token
      ORDER BY item.id FOR ${lock} OF item SKIP LOCKED
    )`;
  const isFree = "id = ANY (ARRAY(SELECT id FROM free))";
  const numbered = (columns: string) => `
    SELECT ${columns}, block.number + place AS number
    FROM (SELECT nextval('${itemNumbers}') AS number) AS block`;
  return {
    // Most items are new, and only the others are answered, and looked for where there are any. The order is that of all statements: "C", as the column.
    enqueue: {
      doing: "queue items",
      isPrepared: true,
      text: `
        WITH new AS MATERIALIZED (
          ${numbered("id, given")}, unnest(${textsIn("$2", "$4")}, ${textsIn("$3", "$4")}) WITH ORDINALITY AS new (id, given, place)
        ), put AS (
          INSERT INTO ${items} (id, number, state, queued_at, claimable_at, given)
          SELECT id, number, 'ready', ${NOW}, ${NOW}, given::json FROM new ORDER BY id COLLATE "C"
          ON CONFLICT (id) DO NOTHING RETURNING id
        )
        SELECT id FROM new
        WHERE (SELECT count(*) FROM put) < (SELECT count(*) FROM new) AND NOT EXISTS (SELECT FROM put WHERE put.id = new.id)`,
    },
    enqueueOne: {
      doing: "queue items",
      isPrepared: true,
      text: `
        INSERT INTO ${items} (id, number, state, queued_at, claimable_at, given)
        VALUES ($2::text, nextval('${itemNumbers}'), 'ready', ${NOW}, ${NOW}, $3::json)
        ON CONFLICT (id) DO NOTHING RETURNING id`,
    },
    // Of what is claimed it is noted, once a claim, that it was queued again; of what waits, nothing. Only claimed items have a token.
    enqueueAgain: {
      doing: "queue items",
      text: `
        WITH new AS MATERIALIZED (
          ${numbered("id, given")}, unnest($2::text[], $3::text[]) WITH ORDINALITY AS new (id, given, place)
        ), known AS MATERIALIZED (
          SELECT id, state = 'dead' OR token IS NOT NULL AND NOT is_queued_again AS is_wanted FROM ${items}
          WHERE id = ${among("$2")} ORDER BY id FOR KEY SHARE
        ), wanted AS MATERIALIZED (
          SELECT id FROM ${items}
          WHERE id = ANY (ARRAY(SELECT id FROM known WHERE is_wanted)) AND (state = 'dead' OR token IS NOT NULL)
          ORDER BY id FOR NO KEY UPDATE
        ), changed AS (
          UPDATE ${items} AS item SET
            number = CASE WHEN item.token IS NULL THEN new.number ELSE item.number END,
            state = CASE WHEN item.token IS NULL THEN 'ready' ELSE item.state END,
            queued_at = CASE WHEN item.token IS NULL THEN ${NOW} ELSE item.queued_at END,
            claimable_at = CASE WHEN item.token IS NULL THEN ${NOW} ELSE item.claimable_at END,
            given = CASE WHEN item.token IS NULL THEN new.given::json ELSE item.given END,
            is_queued_again = item.token IS NOT NULL, died_at = NULL, reason = NULL
          FROM new WHERE item.id = ANY (ARRAY(SELECT id FROM wanted)) AND item.id = new.id
          RETURNING item.id, item.token IS NULL AS is_revived
        )
        SELECT known.id, COALESCE(is_revived, false)::int AS is_revived FROM known LEFT JOIN changed USING (id)`,
    },
    // What is due joins what is ready, and the oldest of both are claimed. The other due ones are ready from now on, so that no claim looks at
    // them twice.
    claim: {
      doing: "claim items",
      text: `
        WITH due AS MATERIALIZED (
          SELECT id, queued_at, number FROM ${items}
          WHERE state = 'later' AND claimable_at <= ${NOW}
          ORDER BY claimable_at LIMIT $5::bigint FOR UPDATE SKIP LOCKED
        ), recalled AS MATERIALIZED (
          SELECT id, queued_at, number FROM ${items}
          WHERE state = 'later' AND ${isFromAhead("claimable_at")}
          ORDER BY rests_since DESC LIMIT $5::bigint FOR UPDATE SKIP LOCKED
        ), ready AS MATERIALIZED (
          SELECT id, queued_at, number FROM ${items}
          WHERE state = 'ready'
          ORDER BY queued_at, number LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        ), chosen AS MATERIALIZED (
          SELECT id FROM (SELECT * FROM due UNION ALL SELECT * FROM recalled UNION ALL SELECT * FROM ready) AS claimable
          ORDER BY queued_at, number LIMIT $2::bigint
        ), promoted AS (
          UPDATE ${items} SET state = 'ready' WHERE id = ANY (ARRAY(
            SELECT id FROM (SELECT id FROM due UNION ALL SELECT id FROM recalled) AS over EXCEPT SELECT id FROM chosen
          ))
        ), claimed AS (
          UPDATE ${items} SET
            state = 'later', claimable_at = ${NOW} + $3::bigint, rests_since = ${NOW}, token = $4::text || '.' || number,
            lapses = CASE WHEN token IS NULL THEN lapses ELSE lapses + 1 END, is_queued_again = false, wake_on = NULL
          WHERE id = ANY (ARRAY(SELECT id FROM chosen))
          RETURNING id, number, queued_at, claimable_at, token, lapses, given
        )
        SELECT ${ITEM}, claimable_at, token, lapses FROM claimed ORDER BY queued_at, number`,
    },
    extend: {
      doing: "extend leases of items",
      text: `
        WITH ${given}, ${freeFor("NO KEY UPDATE")}, extended AS (
          UPDATE ${items} SET state = 'later', claimable_at = ${NOW} + $4::bigint, rests_since = ${NOW} WHERE ${isFree}
        )
        SELECT id, token FROM free`,
    },
    // An enqueue may note an item until its row is locked: only then it is known whether it goes or begins anew.
    complete: {
      doing: "complete items",
      text: `
        WITH given AS MATERIALIZED (
          SELECT * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (id, token, place)
        ), ${freeFor("UPDATE", "item.id, item.token, item.is_queued_again, place")}, done AS (
          DELETE FROM ${items} WHERE id = ANY (ARRAY(SELECT id FROM free WHERE NOT is_queued_again))
        ), again AS (
          UPDATE ${items} AS item SET
            state = 'ready', number = (SELECT nextval('${itemNumbers}')) + place, queued_at = ${NOW}, claimable_at = ${NOW},
            token = NULL, lapses = 0, is_queued_again = false
          FROM free WHERE item.id = ANY (ARRAY(SELECT id FROM free WHERE is_queued_again)) AND item.id = free.id
        )
        SELECT id, token, is_queued_again::int AS is_ready FROM free`,
    },
    release: {
      doing: "release items",
      text: `
        WITH ${given}, ${freeFor("NO KEY UPDATE")}, released AS (
          UPDATE ${items} SET
            state = CASE WHEN $4::bigint = 0 THEN 'ready' ELSE 'later' END, claimable_at = ${NOW} + $4::bigint,
            rests_since = ${NOW}, token = NULL, lapses = 0, is_queued_again = false,
            wake_on = CASE WHEN $4::bigint = 0 THEN NULL ELSE $5::text END
          WHERE ${isFree}
        )
        SELECT id, token FROM free`,
    },
    // Whoever is busy with one of them wakes or claims it.
    wake: {
      doing: "wake items",
      text: `
        WITH free AS MATERIALIZED (
          SELECT id FROM ${items} WHERE wake_on = $2::text AND state = 'later' AND claimable_at > ${NOW}
          ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE ${items} SET state = 'ready', claimable_at = ${NOW}, wake_on = NULL WHERE ${isFree} RETURNING id`,
    },
    deadLetter: {
      doing: "end items",
      text: `
        WITH given AS MATERIALIZED (
          ${numbered("id, token")}, unnest($2::text[], $3::text[]) WITH ORDINALITY AS given (id, token, place)
        ), ${freeFor("UPDATE", "item.id, item.token, item.is_queued_again, given.number")}, ended AS (
          UPDATE ${items} AS item SET
            state = CASE WHEN item.is_queued_again THEN 'ready' ELSE 'dead' END, number = free.number,
            queued_at = CASE WHEN item.is_queued_again THEN ${NOW} ELSE queued_at END,
            claimable_at = CASE WHEN item.is_queued_again THEN ${NOW} ELSE claimable_at END,
            died_at = CASE WHEN item.is_queued_again THEN NULL ELSE ${NOW} END,
            deaths = CASE WHEN item.is_queued_again THEN deaths ELSE deaths + 1 END,
            reason = CASE WHEN item.is_queued_again THEN NULL ELSE $4::json END,
            token = NULL, lapses = 0, is_queued_again = false, wake_on = NULL
          FROM free WHERE item.${isFree} AND item.id = free.id
        )
        SELECT id, token, is_queued_again::int AS is_ready FROM free`,
    },
    deadLetters: {
      doing: "list dead letters",
      text: `
        SELECT ${ITEM}, reason::text AS reason, died_at FROM ${items}
        WHERE state = 'dead' ORDER BY died_at, number LIMIT $1::bigint`,
    },
    deadIds: {
      doing: "list dead letters",
      text: `SELECT id FROM ${items} WHERE state = 'dead' ORDER BY died_at, number`,
    },
    retry: {
      doing: "retry dead letters",
      text: `
        WITH wanted AS MATERIALIZED (
          ${numbered("id")}, unnest($2::text[]) WITH ORDINALITY AS wanted (id, place)
        ), free AS MATERIALIZED (
          SELECT id FROM ${items} WHERE id = ${among("$2")} AND state = 'dead' ORDER BY id FOR UPDATE SKIP LOCKED
        )
        UPDATE ${items} AS item SET
          state = 'ready', number = wanted.number, queued_at = ${NOW}, claimable_at = ${NOW}, died_at = NULL, reason = NULL
        FROM wanted WHERE item.${isFree} AND item.id = wanted.id
        RETURNING item.id`,
    },
    held: {
      doing: "look at items",
      text: `
        SELECT item.id, item.token FROM ${items} AS item, unnest($1::text[], $2::text[]) AS given (id, token)
        WHERE item.id = ${among("$1")} AND item.id = given.id AND item.token = given.token`,
    },
    dead: {
      doing: "look at dead letters",
      text: `SELECT id FROM ${items} WHERE id = ${among("$1")} AND state = 'dead'`,
    },
    stats: {
      doing: "count items",
      text: `
        SELECT
          count(*) FILTER (WHERE state = 'ready' OR state = 'later' AND claimable_at <= ${NOW}) AS ready,
          count(*) FILTER (WHERE state = 'later' AND claimable_at > ${NOW} AND token IS NULL) AS waiting,
          count(*) FILTER (WHERE state = 'later' AND claimable_at > ${NOW} AND token IS NOT NULL) AS claimed,
          count(*) FILTER (WHERE state = 'dead') AS dead,
          min(queued_at) FILTER (WHERE state <> 'dead') AS oldest_queued_at
        FROM ${items}`,
    },
    notify: { doing: "wake workers", text: "SELECT pg_notify($1::text, '')" },
    expire: {
      doing: "clear away old dead letters",
      text: `
        DELETE FROM ${items} WHERE id = ANY (ARRAY(
          SELECT id FROM ${items} WHERE state = 'dead' AND died_at < $1::bigint
          ORDER BY died_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        )) RETURNING id`,
    },
    // The first one to die first, so that the order stays.
    recallDead: {
      doing: "set dead letters right that are from ahead",
      text: `
        UPDATE ${items} SET died_at = ${NOW} WHERE id = ANY (ARRAY(
          SELECT id FROM ${items} WHERE state = 'dead' AND ${isAhead("died_at")}
          ORDER BY died_at, number LIMIT $2::bigint FOR NO KEY UPDATE SKIP LOCKED
        )) RETURNING id`,
    },
  };
}
