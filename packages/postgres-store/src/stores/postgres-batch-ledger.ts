import {
  batchChangeOf,
  batchIntentOf,
  batchTokenOf,
  claimBatchesRequestOf,
  keyFailuresOf,
  stepKeysOf,
  StoreError,
  type BatchLedger,
  type BatchRecord,
  type ClaimOutcome,
} from "@gro/queue";
import { wholeNumber } from "@gro/summarizer/executor";
import type { Database } from "../connection/database.js";
import { number, optionalText, text, type Row } from "../connection/row.js";
import type { Statement } from "../connection/run.js";
import { isUniqueViolation } from "../errors/sql-state.js";
import { ledgerStatements } from "../statements/ledger-statements.js";
import { batchClaimIn, batchIn } from "./batch-rows.js";
import { failureColumns, historiesIn } from "./failure-counts.js";
import { storable } from "./storable.js";

/** The ledger of a database. That a key is out once is kept by an index over the keys of all unfinished batches. */
export function ledgerOf(database: Database): BatchLedger {
  const { now, randomId, schema } = database.options;
  const statements = ledgerStatements(schema);

  async function change(statement: Statement, values: readonly unknown[]): Promise<ClaimOutcome> {
    return (await database.run(statement, values)).length > 0 ? "ok" : "lost";
  }

  return {
    async reserve(intent, leaseMs) {
      const { ref, provider, modelId, keys, deadlineAt } = batchIntentOf(intent);
      wholeNumber("leaseMs", leaseMs, 1);
      const wanted = [...new Set(keys)].map((key) => storable("step key", key));
      if (wanted.length === 0) return { claim: null, held: new Map<string, string>() };
      const token = randomId();
      const values = [
        ...[
          now(),
          storable("ref", ref),
          storable("provider's id", provider),
          storable("model's id", modelId),
        ],
        ...[wanted, deadlineAt, leaseMs, token],
      ];
      const rows = await database.run(statements.reserve, values).catch((error: unknown) => {
        throw isUniqueViolation(error) ? refTaken(ref) : error;
      });
      const held = holdersIn(rows);
      const granted = wanted.filter((key) => !held.has(key));
      const [row] = rows;
      if (granted.length === 0 || row === undefined) return { claim: null, held };
      const reservedAt = number(row, "reserved_at");
      const batch: BatchRecord = {
        ...{ ref, provider, modelId, keys: granted, reservedAt, deadlineAt },
        ...{ submission: { kind: "intended" }, ruledOut: [] },
      };
      return { claim: { ref, token, batch, leaseEndsAt: reservedAt + leaseMs }, held };
    },
    async claim(request) {
      const { provider, limit, leaseMs } = claimBatchesRequestOf(request);
      const rows = await database.run(statements.claim, [now(), provider, limit, leaseMs, randomId()]);
      return rows.map(batchClaimIn);
    },
    async extend(claim, leaseMs) {
      const { ref, token } = batchTokenOf(claim);
      wholeNumber("leaseMs", leaseMs, 1);
      return change(statements.extend, [now(), ref, token, leaseMs]);
    },
    async record(claim, given) {
      const { ref, token } = batchTokenOf(claim);
      const { submission, ruledOut } = batchChangeOf(given);
      const learned = submission === undefined ? null : JSON.stringify(submission);
      const other = ruledOut === undefined ? null : storable("batch's id", ruledOut);
      return change(statements.record, [ref, token, learned, other]);
    },
    async release(claim, delayMs) {
      const { ref, token } = batchTokenOf(claim);
      wholeNumber("delayMs", delayMs, 0);
      return change(statements.release, [now(), ref, token, delayMs]);
    },
    async close(claim, failures) {
      const { ref, token } = batchTokenOf(claim);
      return change(statements.close, [now(), ...failureColumns(keyFailuresOf(failures)), ref, token]);
    },
    async holders(keys) {
      return holdersIn(await database.run(statements.holders, [stepKeysOf(keys)]));
    },
    async failuresOf(keys) {
      return historiesIn(await database.run(statements.failuresOf, [stepKeysOf(keys)]));
    },
    async note(given) {
      const failures = keyFailuresOf(given);
      if (failures.length > 0) await database.run(statements.note, [now(), ...failureColumns(failures)]);
    },
    async forgive(keys) {
      await database.run(statements.forgive, [stepKeysOf(keys)]);
    },
    async openBatches() {
      return (await database.run(statements.openBatches)).map(batchIn);
    },
  };
}

function holdersIn(rows: readonly Row[]): Map<string, string> {
  const held = new Map<string, string>();
  for (const row of rows) {
    const key = optionalText(row, "key");
    if (key !== null) held.set(key, text(row, "ref"));
  }
  return held;
}

function refTaken(ref: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `The batch ${ref} is there already: each reservation takes a new ref.`,
    context: { ref },
  });
}
