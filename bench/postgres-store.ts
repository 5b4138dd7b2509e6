import { postgresStore, migrate, type PostgresStore } from "@gro/postgres-store";
import type { NewQueueItem } from "@gro/queue";
import pg from "pg";
import { startServer } from "../test/postgres-store/support/server.js";
import { itemsFrom, rate } from "./queue-items.js";
import { openBullmq } from "./queue-peers/bullmq.js";
import { openPgBoss } from "./queue-peers/pg-boss.js";
import type { Benchmark, BenchRow } from "./row.js";

const SINGLE = 2_000;
const TOGETHER = 40_000;
const WORKED = 20_000;
/** What workers beside each other share in a round, by hundreds. */
const SHARED = 4_000;
const PENDING = 1_000_000;
const HUNDRED = 100;
const LEASE_MS = 60_000;
/** What is measured against each other takes turns, so that a slow moment of the machine hits both. */
const ROUNDS = 20;

function median(figures: readonly number[]): number {
  return [...figures].sort((left, right) => left - right)[Math.floor(figures.length / 2)] ?? 0;
}

/** Several rates, measured in turns. */
async function inTurns<Name extends string>(
  works: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const figures = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) figures.get(name)?.push(await works[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(figures.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

let next = 0;
function fresh(count: number): NewQueueItem[] {
  next += count;
  return itemsFrom(next - count, count);
}

/** The same facts in a table of one index, by statements without anything else: what the database itself takes. */
class BareTable {
  constructor(private readonly pool: pg.Pool) {}

  async make(): Promise<void> {
    await this.pool.query(
      "CREATE TABLE bare (id text PRIMARY KEY, queued_at bigint NOT NULL, given json NOT NULL)",
    );
  }

  async insert(items: readonly NewQueueItem[]): Promise<void> {
    const ids = items.map(({ pageId, contentHash }) => `${pageId}@${contentHash}`);
    const given = items.map(({ label, lane }) => JSON.stringify({ label, lane, request: {} }));
    if (ids.length === 1) {
      const values = [ids[0], Date.now(), given[0]];
      await this.pool.query("INSERT INTO bare (id, queued_at, given) VALUES ($1, $2, $3)", values);
      return;
    }
    await this.pool.query(
      "INSERT INTO bare (id, queued_at, given) SELECT id, $3, given::json FROM unnest($1::text[], $2::text[]) AS new (id, given)",
      [ids, given, Date.now()],
    );
  }
}

function oneByOne(put: (items: readonly NewQueueItem[]) => Promise<unknown>, count = SINGLE / ROUNDS) {
  const items = fresh(count);
  return rate(count, async () => {
    for (const item of items) await put([item]);
  });
}

function byHundreds(put: (items: readonly NewQueueItem[]) => Promise<unknown>, count = TOGETHER / ROUNDS) {
  const items = fresh(count);
  return rate(count, async () => {
    for (let start = 0; start < count; start += HUNDRED) await put(items.slice(start, start + HUNDRED));
  });
}

async function claimAndComplete({ queue }: PostgresStore, count: number): Promise<void> {
  for (let done = 0; done < count;) {
    const claims = await queue.claim({ limit: HUNDRED, leaseMs: LEASE_MS });
    if (claims.length === 0) throw new Error("There is nothing to claim");
    await queue.complete(claims);
    done += claims.length;
  }
}

/** Claims and completes side by side, each worker over connections of its own. */
async function sideBySide(url: string): Promise<{ two: number; eight: number }> {
  const stores = Array.from({ length: 8 }, () => postgresStore(url));
  const work = (workers: number) =>
    rate(SHARED, async () => {
      await Promise.all(stores.slice(0, workers).map((store) => claimAndComplete(store, SHARED / workers)));
    });
  try {
    await Promise.all(stores.map((store) => store.open()));
    return await inTurns({ two: () => work(2), eight: () => work(8) });
  } finally {
    for (const store of stores) await store.close();
  }
}

async function fill(pool: pg.Pool, count: number): Promise<void> {
  const store = postgresStore(pool);
  for (let start = 0; start < count; start += 5_000)
    await store.queue.enqueue(fresh(Math.min(5_000, count - start)));
  await store.close();
  // As autovacuum would within a minute.
  await pool.query("VACUUM ANALYZE gro.items");
}

const atLeast = (figure: number, share: number, base: number, of: string) => ({
  text: `at least ${share} × ${of}`,
  holds: figure >= share * base,
});

/** The same beside a queue in Redis, where there is one. */
async function besideBullmq(store: PostgresStore): Promise<readonly BenchRow[]> {
  const peer = await openBullmq();
  if (peer === undefined) return [];
  const put = (items: readonly NewQueueItem[]) => store.queue.enqueue(items);
  const works: readonly [string, (side: "ours" | "peer") => Promise<number>][] = [
    ["enqueue one by one", (side) => oneByOne(side === "ours" ? put : peer.send)],
    ["enqueue by hundreds", (side) => byHundreds(side === "ours" ? put : peer.send)],
    [
      "claim and complete by hundreds",
      (side) =>
        rate(WORKED / ROUNDS, () =>
          side === "ours" ? claimAndComplete(store, WORKED / ROUNDS) : peer.work(WORKED / ROUNDS),
        ),
    ],
  ];
  const rows: BenchRow[] = [];
  for (const [name, work] of works) {
    const { ours, theirs } = await inTurns({ ours: () => work("ours"), theirs: () => work("peer") });
    rows.push({ name: `${name}, beside Redis`, ours, peer: { name: peer.name, figure: theirs } });
  }
  await peer.close();
  return rows;
}

async function measure(url: string): Promise<readonly BenchRow[]> {
  const pool = new pg.Pool({ connectionString: url });
  const bare = new BareTable(pool);
  const peer = await openPgBoss(url);
  await migrate(pool);
  await bare.make();
  const store = postgresStore(pool);
  const put = (items: readonly NewQueueItem[]) => store.queue.enqueue(items);

  const single = await inTurns({
    ours: () => oneByOne(put),
    floor: () => oneByOne((items) => bare.insert(items)),
    peer: () => oneByOne((items) => peer.send(items)),
  });
  const hundreds = await inTurns({
    ours: () => byHundreds(put),
    floor: () => byHundreds((items) => bare.insert(items)),
    peer: () => byHundreds((items) => peer.send(items)),
  });
  const worked = await inTurns({
    ours: () => rate(WORKED / ROUNDS, () => claimAndComplete(store, WORKED / ROUNDS)),
    peer: () => rate(WORKED / ROUNDS, () => peer.work(WORKED / ROUNDS)),
    floor: () => byHundreds((items) => bare.insert(items)),
  });

  const redis = await besideBullmq(store);

  await fill(pool, 2 * SHARED * ROUNDS);
  const { two, eight } = await sideBySide(url);
  const { ready } = await store.queue.stats();
  await fill(pool, PENDING - ready);
  const full = {
    single: await inTurns({
      ours: () => oneByOne(put),
      floor: () => oneByOne((items) => bare.insert(items)),
    }),
    worked: await inTurns({
      ours: () => rate(WORKED / ROUNDS, () => claimAndComplete(store, WORKED / ROUNDS)),
      floor: () => byHundreds((items) => bare.insert(items)),
    }),
  };
  const statsMs =
    1_000 /
    (await rate(1, async () => {
      await store.queue.stats();
    }));
  const { rows } = await pool.query<{ bytes: string }>("SELECT pg_total_relation_size('gro.items') AS bytes");
  const itemBytes = Number(rows[0]?.bytes) / PENDING;
  await store.close();
  await peer.close();
  await pool.end();

  const boss = (figure: number) => ({ name: peer.name, figure });
  const insert = (figure: number) => ({ name: "bare INSERT", figure });
  const share = single.ours / single.floor;
  const fullShare = full.single.ours / full.single.floor;
  const workedShare = worked.ours / worked.floor;
  const fullWorkedShare = full.worked.ours / full.worked.floor;
  return [
    {
      name: "enqueue one by one",
      ours: single.ours,
      peer: boss(single.peer),
      floor: insert(single.floor),
      limit: atLeast(single.ours, 0.8, single.floor, "the floor"),
    },
    {
      name: "enqueue by hundreds",
      ours: hundreds.ours,
      peer: boss(hundreds.peer),
      floor: insert(hundreds.floor),
      limit: {
        text: "at least 60000, or 0.7 × the floor",
        holds: hundreds.ours >= Math.min(60_000, 0.7 * hundreds.floor),
      },
    },
    {
      name: "claim and complete by hundreds",
      ours: worked.ours,
      peer: boss(worked.peer),
      floor: { name: "INSERT of hundreds", figure: worked.floor },
      limit: { text: "at least 10000", holds: worked.ours >= 10_000 },
    },
    {
      name: "enqueue one by one at a million pending",
      ours: full.single.ours,
      floor: insert(full.single.floor),
      limit: { text: "at least 0.7 × that at none, beside the floor", holds: fullShare >= 0.7 * share },
    },
    {
      name: "claim and complete by hundreds at a million pending",
      ours: full.worked.ours,
      floor: { name: "INSERT of hundreds", figure: full.worked.floor },
      limit: {
        text: "at least 0.7 × that at few, beside the floor",
        holds: fullWorkedShare >= 0.7 * workedShare,
      },
    },
    {
      name: "claim and complete, 8 workers",
      ours: eight,
      floor: { name: "2 workers", figure: two },
      limit: { text: "not slower than 2", holds: eight >= two },
    },
    ...redis,
    { name: "stats at a million pending, ms", ours: statsMs },
    { name: "bytes of a queued item, with its indexes", ours: itemBytes },
  ];
}

/** The store in PostgreSQL, with every commit on the disk, beside bare statements and a queue of the same kind. */
export const postgresStoreBenchmark: Benchmark = {
  title: "The store in PostgreSQL: operations a second",
  async run() {
    const given = process.env["DATABASE_URL"];
    if (given !== undefined && given !== "") return inDatabaseOf(given);
    const server = await startServer({ isDurable: true });
    try {
      return await measure(server.url);
    } finally {
      await server.dispose();
    }
  },
};

/** In a database of its own: the rows come to a million. */
async function inDatabaseOf(given: string): Promise<readonly BenchRow[]> {
  const admin = new pg.Pool({ connectionString: given, max: 1 });
  const name = `gro_bench_${Date.now().toString(36)}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  try {
    return await measure(url.href);
  } finally {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}
