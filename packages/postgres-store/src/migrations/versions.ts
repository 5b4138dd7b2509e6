import { NUMBERS_AT_ONCE } from "../statements/queue-statements.js";
import { tablesOf } from "../statements/schema.js";

/**
 * What each version of the schema adds, the first one first. A version that was ever released is never changed: what comes after goes into a
 * new one.
 */
export function versionsOf(schema: string): readonly (readonly string[])[] {
  return [first(schema), second(schema)];
}

function first(schema: string): readonly string[] {
  const tables = tablesOf(schema);
  return [
    // Their order decides who is first among items of one moment, and who died first. A statement takes one, and room up to the next.
    `CREATE SEQUENCE ${tables.itemNumbers} INCREMENT BY ${NUMBERS_AT_ONCE}`,
    `CREATE TABLE ${tables.items} (
       id text COLLATE "C" PRIMARY KEY,
       number bigint NOT NULL,
       -- ready: claimable now. later: claimed, or waiting for its delay or for a name. dead: a dead letter.
       state text COLLATE "C" NOT NULL CHECK (state IN ('ready', 'later', 'dead')),
       queued_at bigint NOT NULL,
       claimable_at bigint NOT NULL,
       token text COLLATE "C",
       lapses integer NOT NULL DEFAULT 0,
       -- Since it was claimed.
       is_queued_again boolean NOT NULL DEFAULT false,
       wake_on text COLLATE "C",
       died_at bigint,
       deaths integer NOT NULL DEFAULT 0,
       -- Texts as JSON, which can hold every character.
       given json NOT NULL,
       reason json
     ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)`,
    `CREATE INDEX items_ready ON ${tables.items} (queued_at, number) WHERE state = 'ready'`,
    `CREATE INDEX items_later ON ${tables.items} (claimable_at) WHERE state = 'later'`,
    `CREATE INDEX items_wake_on ON ${tables.items} (wake_on) WHERE wake_on IS NOT NULL`,
    `CREATE INDEX items_dead ON ${tables.items} (died_at, number) WHERE state = 'dead'`,

    `CREATE TABLE ${tables.pages} (
       id text COLLATE "C" PRIMARY KEY,
       content_hash text COLLATE "C" NOT NULL,
       saved_at bigint NOT NULL,
       page json NOT NULL,
       -- Beside the page: writing a summary does not write the content anew.
       summary json
     )`,

    `CREATE TABLE ${tables.completions} (
       key text COLLATE "C" PRIMARY KEY,
       set_at bigint NOT NULL,
       completion json NOT NULL
     )`,
    `CREATE INDEX completions_set_at ON ${tables.completions} (set_at)`,

    `CREATE SEQUENCE ${tables.failureNumbers}`,
    `CREATE TABLE ${tables.keyFailures} (
       key text COLLATE "C" NOT NULL,
       kind text COLLATE "C" NOT NULL,
       count bigint NOT NULL,
       number bigint NOT NULL,
       failed_at bigint NOT NULL,
       latest json NOT NULL,
       PRIMARY KEY (key, kind)
     )`,
    `CREATE INDEX key_failures_failed_at ON ${tables.keyFailures} (failed_at)`,

    `CREATE TABLE ${tables.batches} (
       ref text COLLATE "C" PRIMARY KEY,
       number bigint GENERATED ALWAYS AS IDENTITY,
       provider text COLLATE "C" NOT NULL,
       model_id text COLLATE "C" NOT NULL,
       keys text[] NOT NULL,
       reserved_at bigint NOT NULL,
       deadline_at bigint,
       due_at bigint NOT NULL,
       token text COLLATE "C",
       submission json NOT NULL,
       ruled_out text[] NOT NULL DEFAULT '{}'
     )`,
    `CREATE INDEX batches_due ON ${tables.batches} (provider, due_at)`,
    // A key is out with a provider once, over all workers: its primary key says so.
    `CREATE TABLE ${tables.batchKeys} (
       key text COLLATE "C" PRIMARY KEY,
       ref text COLLATE "C" NOT NULL
     )`,

    `CREATE TABLE ${tables.upkeep} (
       task text COLLATE "C" PRIMARY KEY,
       done_at bigint NOT NULL
     )`,
  ];
}

/** Since when leases and delays run: those that a clock began that was ahead do not last until it comes there again. */
function second(schema: string): readonly string[] {
  const { items, batches } = tablesOf(schema);
  return [
    `ALTER TABLE ${items} ADD COLUMN rests_since bigint`,
    `CREATE INDEX items_rests_since ON ${items} (rests_since) WHERE state = 'later'`,
    `ALTER TABLE ${batches} ADD COLUMN rests_since bigint`,
    `CREATE INDEX batches_rests_since ON ${batches} (provider, rests_since)`,
  ];
}
