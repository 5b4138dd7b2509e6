import type { Statement } from "../connection/run.js";
import { NOW, tablesOf } from "./schema.js";

/** Everything that a queue asks of the database. */
export interface QueueStatements {
  /** `$1` now, `$2` ids, `$3` what was given, as JSON → what is not new: `id`, and `deaths` of what is revived */
  readonly enqueue: Statement;
  /** `$1` now, `$2` id, `$3` what was given, as JSON → `deaths`, or none where it is a duplicate: the same for one, in half the time */
  readonly enqueueOne: Statement;
  /** `$1` now, `$2` limit, `$3` lease, `$4` token, `$5` how many that are due are looked at → claims, the oldest first */
  readonly claim: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` lease → `id` and `token` of those that are good */
  readonly extend: Statement;
  /** `$1` now, `$2` ids, `$3` tokens → `id`, `token`, and `is_ready`: 1 where it was queued again meanwhile, else 0 */
  readonly complete: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` delay, `$5` name → `id`, `token` */
  readonly release: Statement;
  /** `$1` now, `$2` name → `id` */
  readonly wake: Statement;
  /** `$1` now, `$2` ids, `$3` tokens, `$4` reason → `id`, `token`, and `is_ready`: 1 where it was queued again meanwhile, else 0 */
  readonly deadLetter: Statement;
  /** `$1` limit, or null → dead letters, the oldest first */
  readonly deadLetters: Statement;
  /** → `id`, the oldest death first */
  readonly deadIds: Statement;
  /** `$1` now, `$2` ids → `id` */
  readonly retry: Statement;
  /** `$1` now → one row of counts */
  readonly stats: Statement;
  /** `$1` channel */
  readonly notify: Statement;
  /** `$1` died before, `$2` how many → `id` */
  readonly expire: Statement;
}

/** So many items a statement can number: no more may be in one. */
export const NUMBERS_AT_ONCE = 10_000;

const ITEM = "id, queued_at, given::text AS given";

/** The statements for the tables of a schema. */
export function queueStatements(schema: string): QueueStatements {
  const { items, itemNumbers } = tablesOf(schema);
  const held = (ids: string, tokens: string) =>
    `held AS MATERIALIZED (SELECT * FROM unnest(${ids}::text[], ${tokens}::text[]) AS held (id, token))`;
  // Of what is claimed it is noted, once a claim, that it was queued again; of what waits, nothing. Only claimed items have a token.
  const orReviveOrNote = `ON CONFLICT (id) DO UPDATE SET
            number = CASE WHEN item.token IS NULL THEN excluded.number ELSE item.number END,
            state = CASE WHEN item.token IS NULL THEN excluded.state ELSE item.state END,
            queued_at = CASE WHEN item.token IS NULL THEN excluded.queued_at ELSE item.queued_at END,
            claimable_at = CASE WHEN item.token IS NULL THEN excluded.claimable_at ELSE item.claimable_at END,
            given = CASE WHEN item.token IS NULL THEN excluded.given ELSE item.given END,
            is_queued_again = item.token IS NOT NULL, died_at = NULL, reason = NULL
          WHERE item.state = 'dead' OR item.token IS NOT NULL AND NOT item.is_queued_again
          RETURNING item.id, CASE WHEN item.token IS NULL THEN item.deaths END AS deaths`;
  return {
    // Rows are locked in the order of their ids, by everybody: so nobody waits in a circle. Most items are new, and only the others are answered.
    enqueue: {
      doing: "queue items",
      isPrepared: true,
      text: `
        WITH new AS MATERIALIZED (
          SELECT id, given, block.number + place AS number
          FROM (SELECT nextval('${itemNumbers}') AS number) AS block,
            unnest($2::text[], $3::text[]) WITH ORDINALITY AS new (id, given, place)
        ), put AS (
          INSERT INTO ${items} AS item (id, number, state, queued_at, claimable_at, given)
          SELECT id, number, 'ready', ${NOW}, ${NOW}, given::json FROM new ORDER BY id
          ${orReviveOrNote}
        )
        SELECT id, deaths FROM new LEFT JOIN put USING (id) WHERE deaths IS NULL OR deaths > 0`,
    },
    enqueueOne: {
      doing: "queue items",
      isPrepared: true,
      text: `
        INSERT INTO ${items} AS item (id, number, state, queued_at, claimable_at, given)
        VALUES ($2::text, nextval('${itemNumbers}'), 'ready', ${NOW}, ${NOW}, $3::json)
        ${orReviveOrNote}`,
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
        ), ready AS MATERIALIZED (
          SELECT id, queued_at, number FROM ${items}
          WHERE state = 'ready'
          ORDER BY queued_at, number LIMIT $2::bigint FOR UPDATE SKIP LOCKED
        ), chosen AS MATERIALIZED (
          SELECT id FROM (SELECT * FROM due UNION ALL SELECT * FROM ready) AS claimable
          ORDER BY queued_at, number LIMIT $2::bigint
        ), promoted AS (
          UPDATE ${items} SET state = 'ready'
          WHERE id = ANY (ARRAY(SELECT id FROM due EXCEPT SELECT id FROM chosen))
        ), claimed AS (
          UPDATE ${items} SET
            state = 'later', claimable_at = ${NOW} + $3::bigint, token = $4::text || '.' || number,
            lapses = CASE WHEN token IS NULL THEN lapses ELSE lapses + 1 END, is_queued_again = false, wake_on = NULL
          WHERE id = ANY (ARRAY(SELECT id FROM chosen))
          RETURNING id, number, queued_at, claimable_at, token, lapses, given
        )
        SELECT ${ITEM}, claimable_at, token, lapses FROM claimed ORDER BY queued_at, number`,
    },
    // The ids are named twice: it keeps the server to the index, also while it has not yet looked at how many rows there are.
    extend: {
      doing: "extend leases of items",
      text: `
        WITH ${held("$2", "$3")}
        UPDATE ${items} AS item SET state = 'later', claimable_at = ${NOW} + $4::bigint
        FROM held WHERE item.id = ANY ($2::text[]) AND item.id = held.id AND item.token = held.token
        RETURNING held.id, held.token`,
    },
    // An enqueue may note an item until its row is locked: only then it is known whether it goes or begins anew.
    complete: {
      doing: "complete items",
      text: `
        WITH wanted AS MATERIALIZED (
          SELECT * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS wanted (id, token, place)
        ), held AS MATERIALIZED (
          SELECT item.id, item.token, item.is_queued_again, place FROM ${items} AS item, wanted
          WHERE item.id = ANY ($2::text[]) AND item.id = wanted.id AND item.token = wanted.token
          ORDER BY item.id FOR UPDATE OF item
        ), done AS (
          DELETE FROM ${items} WHERE id = ANY (ARRAY(SELECT id FROM held WHERE NOT is_queued_again))
        ), again AS (
          UPDATE ${items} AS item SET
            state = 'ready', number = (SELECT nextval('${itemNumbers}')) + place, queued_at = ${NOW}, claimable_at = ${NOW},
            token = NULL, lapses = 0, is_queued_again = false
          FROM held WHERE item.id = ANY (ARRAY(SELECT id FROM held WHERE is_queued_again)) AND item.id = held.id
        )
        SELECT id, token, is_queued_again::int AS is_ready FROM held`,
    },
    release: {
      doing: "release items",
      text: `
        WITH ${held("$2", "$3")}
        UPDATE ${items} AS item SET
          state = CASE WHEN $4::bigint = 0 THEN 'ready' ELSE 'later' END, claimable_at = ${NOW} + $4::bigint,
          token = NULL, lapses = 0, is_queued_again = false,
          wake_on = CASE WHEN $4::bigint = 0 THEN NULL ELSE $5::text END
        FROM held WHERE item.id = ANY ($2::text[]) AND item.id = held.id AND item.token = held.token
        RETURNING held.id, held.token`,
    },
    wake: {
      doing: "wake items",
      text: `
        UPDATE ${items} SET state = 'ready', claimable_at = ${NOW}, wake_on = NULL
        WHERE wake_on = $2::text AND state = 'later' AND claimable_at > ${NOW}
        RETURNING id`,
    },
    deadLetter: {
      doing: "end items",
      text: `
        WITH held AS MATERIALIZED (
          SELECT id, token, block.number + place AS number
          FROM (SELECT nextval('${itemNumbers}') AS number) AS block,
            unnest($2::text[], $3::text[]) WITH ORDINALITY AS held (id, token, place)
        )
        UPDATE ${items} AS item SET
          state = CASE WHEN is_queued_again THEN 'ready' ELSE 'dead' END, number = held.number,
          queued_at = CASE WHEN is_queued_again THEN ${NOW} ELSE queued_at END,
          claimable_at = CASE WHEN is_queued_again THEN ${NOW} ELSE claimable_at END,
          died_at = CASE WHEN is_queued_again THEN NULL ELSE ${NOW} END,
          deaths = CASE WHEN is_queued_again THEN deaths ELSE deaths + 1 END,
          reason = CASE WHEN is_queued_again THEN NULL ELSE $4::json END,
          token = NULL, lapses = 0, is_queued_again = false, wake_on = NULL
        FROM held WHERE item.id = ANY ($2::text[]) AND item.id = held.id AND item.token = held.token
        RETURNING held.id, held.token, (item.state = 'ready')::int AS is_ready`,
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
          SELECT id, block.number + place AS number
          FROM (SELECT nextval('${itemNumbers}') AS number) AS block, unnest($2::text[]) WITH ORDINALITY AS wanted (id, place)
        )
        UPDATE ${items} AS item SET
          state = 'ready', number = wanted.number, queued_at = ${NOW}, claimable_at = ${NOW}, died_at = NULL, reason = NULL
        FROM wanted WHERE item.id = ANY ($2::text[]) AND item.id = wanted.id AND item.state = 'dead'
        RETURNING item.id`,
    },
    stats: {
      doing: "count items",
      text: `
        SELECT
          count(*) FILTER (WHERE state <> 'dead' AND claimable_at <= ${NOW}) AS ready,
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
  };
}
