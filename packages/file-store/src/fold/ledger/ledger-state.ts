import { isFromAhead, type BatchRecord, type ClaimOutcome, type KeyHistory } from "@gro/queue";
import type {
  ClaimBatchesRecord,
  CloseBatchRecord,
  ExtendBatchRecord,
  ForgiveRecord,
  NoteRecord,
  RecordBatchRecord,
  ReleaseBatchRecord,
  ReserveRecord,
} from "../records.js";
import { KeyFailures } from "./key-failures.js";

/** A step key in quotes, with its comma. */
const KEY_WEIGHT = 46;
const LINE_WEIGHT = 300;

/** An unfinished batch. Never changed, only replaced. */
export interface BatchEntry {
  readonly batch: BatchRecord;
  /** The end of the lease or of the delay, in milliseconds since the epoch: from then on anybody may claim it. */
  readonly dueAt: number;
  /** When that lease or delay began; `null` where an earlier program has not written it down. */
  readonly restsSince: number | null;
  /** Of the latest claim. */
  readonly token: string | null;
}

export type ReserveOutcome =
  | {
      readonly kind: "reserved";
      /** `null` when no key was granted. */
      readonly entry: BatchEntry | null;
      readonly held: ReadonlyMap<string, string>;
    }
  /** An unfinished batch has this ref. */
  | { readonly kind: "refTaken" };

export interface LedgerContents {
  /** The oldest reservation first. */
  readonly batches: readonly BatchEntry[];
  /** The latest noted last. */
  readonly failures: readonly KeyHistory[];
}

function resting(since: number, milliseconds: number): Pick<BatchEntry, "dueAt" | "restsSince"> {
  return { dueAt: since + milliseconds, restsSince: since };
}

/** Which step keys are out with a provider: what records made of it, in their order. Knows no time but theirs, and no files. */
export class LedgerState {
  readonly #open = new Map<string, BatchEntry>();
  readonly #refs = new Map<string, string>();
  readonly #failures = new KeyFailures();

  /** About how many bytes all of it takes in a file. */
  get weight(): number {
    return this.#open.size * LINE_WEIGHT + this.#refs.size * KEY_WEIGHT + this.#failures.weight;
  }

  reserve(record: ReserveRecord): ReserveOutcome {
    const { at, token, leaseMs, ref, provider, modelId, deadlineAt, keys } = record;
    if (this.#open.has(ref)) return { kind: "refTaken" };
    const wanted = [...new Set(keys)];
    const held = this.holders(wanted);
    const granted = wanted.filter((key) => !held.has(key));
    if (granted.length === 0) return { kind: "reserved", entry: null, held };
    const batch: BatchRecord = {
      ...{ ref, provider, modelId, keys: granted, reservedAt: at, deadlineAt },
      ...{ submission: { kind: "intended" }, ruledOut: [] },
    };
    const entry = { batch, ...resting(at, leaseMs), token };
    this.restoreBatch(entry);
    return { kind: "reserved", entry, held };
  }

  isOpen(ref: string): boolean {
    return this.#open.has(ref);
  }

  hasDue(provider: string, now: number): boolean {
    return this.#due(provider, now, false).length > 0;
  }

  /** Whether there are more, whose leases or delays a clock began that was ahead. */
  hasFromAhead(provider: string, now: number): boolean {
    return this.#due(provider, now, true).length > this.#due(provider, now, false).length;
  }

  claim({ at, token, provider, limit, leaseMs, recalls = false }: ClaimBatchesRecord): BatchEntry[] {
    const due = this.#due(provider, at, recalls).sort((left, right) => left.dueAt - right.dueAt);
    return due.slice(0, limit).map(({ batch }, place) => {
      const entry = { batch, ...resting(at, leaseMs), token: `${token}.${place + 1}` };
      this.#open.set(batch.ref, entry);
      return entry;
    });
  }

  /** The unfinished batch, if this is the token of its latest claim. */
  heldBy(ref: string, token: string): BatchEntry | undefined {
    const entry = this.#open.get(ref);
    return entry?.token === token ? entry : undefined;
  }

  extend(record: ExtendBatchRecord): ClaimOutcome {
    return this.#change(record, (entry) => ({ ...entry, ...resting(record.at, record.leaseMs) }));
  }

  record(record: RecordBatchRecord): ClaimOutcome {
    return this.#change(record, (entry) => {
      const { batch } = entry;
      const { submission = batch.submission, ruledOut } = record;
      const others = new Set(batch.ruledOut);
      if (ruledOut !== undefined) others.add(ruledOut);
      return { ...entry, batch: { ...batch, submission, ruledOut: [...others] } };
    });
  }

  release(record: ReleaseBatchRecord): ClaimOutcome {
    const rest = resting(record.at, record.delayMs);
    return this.#change(record, (entry) => ({ ...entry, ...rest, token: null }));
  }

  close(record: CloseBatchRecord): ClaimOutcome {
    return this.#change(record, ({ batch }) => {
      for (const key of batch.keys) this.#refs.delete(key);
      this.#failures.note(record.failures, record.at);
      return undefined;
    });
  }

  note({ at, failures }: NoteRecord): void {
    this.#failures.note(failures, at);
  }

  forgive({ keys }: ForgiveRecord): void {
    this.#failures.forget(keys);
  }

  /** Forgets failures that were last noted before this time. */
  forgetBefore(time: number): void {
    this.#failures.forgetBefore(time);
  }

  holders(keys: readonly string[]): Map<string, string> {
    const holders = new Map<string, string>();
    for (const key of keys) {
      const ref = this.#refs.get(key);
      if (ref !== undefined) holders.set(key, ref);
    }
    return holders;
  }

  failureOf(key: string): KeyHistory | undefined {
    return this.#failures.of(key);
  }

  contents(): LedgerContents {
    return { batches: [...this.#open.values()], failures: this.#failures.contents() };
  }

  /** Takes over what a snapshot says, in its order. */
  restoreBatch(entry: BatchEntry): void {
    this.#open.set(entry.batch.ref, entry);
    for (const key of entry.batch.keys) this.#refs.set(key, entry.batch.ref);
  }

  restoreFailure(history: KeyHistory): void {
    this.#failures.restore(history);
  }

  /** @param recalls whether also those that are due only because the clock was set back */
  #due(provider: string, now: number, recalls: boolean): BatchEntry[] {
    return [...this.#open.values()].filter(({ batch, dueAt, restsSince }) => {
      if (batch.provider !== provider) return false;
      return dueAt <= now || (recalls && restsSince !== null && isFromAhead(restsSince, dueAt, now));
    });
  }

  #change(
    { ref, token }: { readonly ref: string; readonly token: string },
    change: (entry: BatchEntry) => BatchEntry | undefined,
  ): ClaimOutcome {
    const entry = this.heldBy(ref, token);
    if (entry === undefined) return "lost";
    const changed = change(entry);
    if (changed === undefined) this.#open.delete(ref);
    else this.#open.set(ref, changed);
    return "ok";
  }
}
