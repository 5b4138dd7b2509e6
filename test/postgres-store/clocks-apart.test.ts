import { BatchWorker, type BatchSubmission } from "@gro/batch";
import { postgresStore } from "@gro/postgres-store";
import { enqueuePages } from "@gro/queue";
import { approximate, systemClock } from "@gro/summarizer";
import { expect, it, onTestFinished } from "vitest";
import { clockOff } from "../batch/support/clock-off.js";
import { scriptedBatches } from "../batch/support/scripted-batches.js";
import { prose } from "../support/prose.js";
import { page } from "./support/items.js";
import { schemaName } from "./support/schemas.js";
import { shiftedClock } from "./support/shifted-clock.js";

const HOUR = 3_600_000;
const LOOK = 15_000;
const GRACE = 120_000;

/** What the database's clock is ahead of this machine's, and then those of the workers. */
const CLOCKS: readonly (readonly [number, readonly number[]])[] = [
  [0, [0, HOUR]],
  [0, [-HOUR, 0]],
  [0, [HOUR, -HOUR]],
  [HOUR, [0, 0]],
  [-HOUR, [0, HOUR]],
];

it.each(CLOCKS)(
  "by a database %i ms ahead, workers %j ms ahead look for what was not answered until the grace is over",
  async (databaseAhead, aheads) => {
    const database = await shiftedClock();
    const schema = schemaName();
    const store = postgresStore(database.pool, { schema });
    onTestFinished(async () => {
      await store.close();
      await database.pool.query(`DROP SCHEMA "${schema}" CASCADE`);
      await database.drop();
    });
    await database.pass(databaseAhead);
    let now = 0;
    const provider = scriptedBatches({
      clock: { now: () => now },
      ...{ foundAfterMs: GRACE - LOOK / 2, endsAfterMs: HOUR },
      arrival: (_submission: BatchSubmission, number) => (number === 1 ? "answer-lost" : undefined),
    });
    await enqueuePages(store, [page("pg_1", prose(90))], { targetTokens: 60 });
    for (let looks = 0; looks <= GRACE / LOOK; looks += 1) {
      const worker = new BatchWorker({
        ...{ store, provider, tokenizer: approximate(), orphanGraceMs: GRACE },
        clock: clockOff(systemClock(), aheads[looks % aheads.length] ?? 0),
      });
      await worker.tick();
      expect(provider.submissions).toHaveLength(1);
      await worker.stop();
      now += LOOK;
      await database.pass(LOOK);
    }
    const [batch] = await store.ledger.openBatches();
    expect(batch?.submission).toMatchObject({ kind: "submitted", batchId: "batch-1" });
  },
);
