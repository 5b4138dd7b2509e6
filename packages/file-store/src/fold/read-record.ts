import type { JournalRecord } from "./records.js";
import type { SnapshotRecord } from "./snapshot-records.js";

type FieldKind = "string" | "number" | "object" | "list" | "number or null" | "list or null";

type Fields = Readonly<Record<string, FieldKind>>;

type Checks = readonly { readonly name: string; readonly kind: FieldKind }[];

const HELD: Fields = { at: "number", held: "list" };
const OF_BATCH: Fields = { at: "number", ref: "string", token: "string" };
const ITEM: Fields = { number: "number", pageId: "string", contentHash: "string", queuedAt: "number" };

/** What a record of each kind must have. Its CRC says that a writer of this format wrote it, so this looks no deeper. */
const JOURNAL_FIELDS: Readonly<Record<JournalRecord["do"], Fields>> = {
  segment: { version: "number", number: "number", previousEnd: "number" },
  seal: { at: "number", forgetBefore: "number" },
  mark: {},
  enqueue: { at: "number", items: "list" },
  claim: { at: "number", token: "string", limit: "number", leaseMs: "number" },
  extend: { ...HELD, leaseMs: "number" },
  complete: HELD,
  release: { ...HELD, delayMs: "number" },
  wake: { at: "number", name: "string" },
  deadLetter: { ...HELD, code: "string", message: "string" },
  retry: { at: "number", numbers: "list or null" },
  memo: { at: "number", key: "string", completion: "object" },
  reserve: { ...OF_BATCH, provider: "string", leaseMs: "number", deadlineAt: "number or null", keys: "list" },
  claimBatches: {
    ...{ at: "number", token: "string", provider: "string" },
    ...{ limit: "number", leaseMs: "number" },
  },
  extendBatch: { ...OF_BATCH, leaseMs: "number" },
  recordBatch: OF_BATCH,
  releaseBatch: { ...OF_BATCH, delayMs: "number" },
  closeBatch: { ...OF_BATCH, failures: "list" },
  note: { at: "number", failures: "list" },
  forgive: { at: "number", keys: "list" },
};

const SNAPSHOT_FIELDS: Readonly<Record<SnapshotRecord["do"], Fields>> = {
  snapshot: { version: "number", number: "number", segmentEnd: "number", nextNumber: "number" },
  index: { entries: "list" },
  item: { ...ITEM, availableAt: "number" },
  dead: { ...ITEM, code: "string", message: "string", diedAt: "number" },
  batch: { batch: "object", dueAt: "number" },
  failure: { failure: "object", failedAt: "number", counts: "object" },
  end: { stateAt: "number", lines: "number" },
};

const JOURNAL_CHECKS = checksOf(JOURNAL_FIELDS);
const SNAPSHOT_CHECKS = checksOf(SNAPSHOT_FIELDS);

/** What stands in a line beside its record. */
export interface Signed {
  /** Which writer wrote it. */
  readonly by: string;
  /** Up to which byte of this file the writer knew everything to be safe from a loss of power. */
  readonly synced?: number;
  /** Up to which byte of this file the writer had read it, and the sum of the lines up to there. Earlier programs wrote neither. */
  readonly read?: number;
  readonly chain?: string;
}

/** @throws SyntaxError for a text that is no JSON */
function parse(text: string): unknown {
  return JSON.parse(text);
}

/** The record of a segment's line, `undefined` when it is none that this version knows. */
export function readJournalRecord(text: string): (JournalRecord & Signed) | undefined {
  const value = parse(text);
  return isJournalRecord(value) ? value : undefined;
}

/** The record of a snapshot's line, `undefined` when it is none that this version knows. */
export function readSnapshotRecord(text: string): SnapshotRecord | undefined {
  const value = parse(text);
  return isSnapshotRecord(value) ? value : undefined;
}

/**
 * What a reader would miss in a record: a line that none can read makes the whole store unreadable. `undefined` for a record that it takes.
 */
export function missingIn(record: JournalRecord): string | undefined {
  if (!isObject(record)) return "the record";
  const wrong = JOURNAL_CHECKS.get(record["do"])?.find(({ name, kind }) => !isOfKind(record[name], kind));
  return wrong?.name;
}

function isJournalRecord(value: unknown): value is JournalRecord & Signed {
  return isObject(value) && typeof value["by"] === "string" && hasFields(value, JOURNAL_CHECKS);
}

function isSnapshotRecord(value: unknown): value is SnapshotRecord {
  return isObject(value) && hasFields(value, SNAPSHOT_CHECKS);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function hasFields(value: Readonly<Record<string, unknown>>, known: ReadonlyMap<unknown, Checks>): boolean {
  const checks = known.get(value["do"]);
  if (checks === undefined) return false;
  // Every line of a journal comes through here.
  for (const { name, kind } of checks) if (!isOfKind(value[name], kind)) return false;
  return true;
}

function checksOf(fields: Readonly<Record<string, Fields>>): ReadonlyMap<unknown, Checks> {
  return new Map(
    Object.entries(fields).map(([kind, wanted]) => [
      kind,
      Object.entries(wanted).map(([name, of]) => ({ name, kind: of })),
    ]),
  );
}

function isOfKind(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case "list":
      return Array.isArray(value);
    case "list or null":
      return value === null || Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null;
    case "number or null":
      return value === null || Number.isFinite(value);
    case "string":
      return typeof value === "string";
    case "number":
      // JSON carries no other.
      return Number.isFinite(value);
  }
}
