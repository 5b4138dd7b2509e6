import { wholeNumber } from "@gro/summarizer/executor";
import {
  batchChangeOf,
  batchIntentOf,
  batchTokenOf,
  claimBatchesRequestOf,
  keyFailuresOf,
  stepKeysOf,
} from "../arguments/ledger-arguments.js";
import { isFromAhead } from "../clock-set-back.js";
import { StoreError } from "../errors/store-error.js";
import { plainCopy } from "../plain-copy.js";
import type { BatchClaim, BatchLedger, BatchRecord, BatchToken } from "../ports/batch-ledger.js";
import type { StoreEnvironment } from "../ports/durable-store.js";
import type { ClaimOutcome } from "../ports/queue-store.js";
import { KeyFailures } from "./key-failures.js";
import { readyEnvironment } from "./ready-environment.js";

class OpenBatch {
  batch: BatchRecord;
  token: string | undefined;
  /** When the lease or the delay that ends at `dueAt` began. */
  restsSince: number;
  readonly #now: () => number;
  #dueAt: number;

  /** @param now milliseconds since the epoch */
  constructor(batch: BatchRecord, now: () => number) {
    this.batch = batch;
    this.#now = now;
    this.#dueAt = this.restsSince = now();
  }

  /** From then on anybody may claim it. */
  get dueAt(): number {
    return this.#dueAt;
  }

  set dueAt(time: number) {
    this.#dueAt = time;
    this.restsSince = this.#now();
  }
}

/** A ledger that lives as long as the object. Other ledgers are compared with it. */
export function memoryBatchLedger(environment?: StoreEnvironment): BatchLedger {
  const { now, randomId } = readyEnvironment(environment);
  /** In the order of their reservations. */
  const open = new Map<string, OpenBatch>();
  const refByKey = new Map<string, string>();
  const failures = new KeyFailures();

  function change(claim: BatchToken, apply: (held: OpenBatch) => void): ClaimOutcome {
    const { ref, token } = batchTokenOf(claim);
    const held = open.get(ref);
    if (held === undefined || held.token !== token) return "lost";
    apply(held);
    return "ok";
  }

  function take(held: OpenBatch, leaseEndsAt: number): BatchClaim {
    const token = randomId();
    held.token = token;
    held.dueAt = leaseEndsAt;
    return { ref: held.batch.ref, token, batch: plainCopy(held.batch), leaseEndsAt };
  }

  return {
    async reserve(intent, leaseMs) {
      batchIntentOf(intent);
      const { ref, provider, modelId, keys, deadlineAt = null } = intent;
      wholeNumber("leaseMs", leaseMs, 1);
      if (open.has(ref)) throw refTaken(ref);
      const wanted = [...new Set(keys)];
      const held = entriesOf(wanted, refByKey);
      const granted = wanted.filter((key) => !held.has(key));
      if (granted.length === 0) return { claim: null, held };
      const reservedAt = now();
      const batch: BatchRecord = {
        ...{ ref, provider, modelId, keys: granted, reservedAt, deadlineAt },
        ...{ submission: { kind: "intended" }, ruledOut: [] },
      };
      const opened = new OpenBatch(batch, now);
      open.set(ref, opened);
      for (const key of granted) refByKey.set(key, ref);
      return { claim: take(opened, reservedAt + leaseMs), held };
    },
    async claim(request) {
      const { provider, limit, leaseMs } = claimBatchesRequestOf(request);
      const time = now();
      const due = [...open.values()].filter(
        ({ batch, dueAt }) => batch.provider === provider && dueAt <= time,
      );
      const fromAhead = [...open.values()].filter(
        ({ batch, dueAt, restsSince }) => batch.provider === provider && isFromAhead(restsSince, dueAt, time),
      );
      due.push(...fromAhead);
      due.sort((left, right) => left.dueAt - right.dueAt);
      return due.slice(0, limit).map((held) => take(held, time + leaseMs));
    },
    async extend(claim, leaseMs) {
      wholeNumber("leaseMs", leaseMs, 1);
      return change(claim, (held) => (held.dueAt = now() + leaseMs));
    },
    async record(claim, given) {
      const { submission, ruledOut } = batchChangeOf(given);
      return change(claim, (held) => {
        const { batch } = held;
        const others = new Set(batch.ruledOut);
        if (ruledOut !== undefined) others.add(ruledOut);
        held.batch = {
          ...batch,
          submission: plainCopy(submission ?? batch.submission),
          ruledOut: [...others],
        };
      });
    },
    async release(claim, delayMs) {
      wholeNumber("delayMs", delayMs, 0);
      return change(claim, (held) => {
        held.token = undefined;
        held.dueAt = now() + delayMs;
      });
    },
    async close(claim, given) {
      const found = keyFailuresOf(given);
      return change(claim, ({ batch }) => {
        open.delete(batch.ref);
        for (const key of batch.keys) refByKey.delete(key);
        failures.note(found, now());
      });
    },
    async holders(keys) {
      return entriesOf(stepKeysOf(keys), refByKey);
    },
    async failuresOf(keys) {
      return failures.of(stepKeysOf(keys));
    },
    async note(found) {
      failures.note(keyFailuresOf(found), now());
    },
    async forgive(keys) {
      failures.forget(stepKeysOf(keys));
    },
    async openBatches() {
      return [...open.values()].map(({ batch }) => plainCopy(batch));
    },
  };
}

function entriesOf(keys: readonly string[], refByKey: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const key of keys) {
    const ref = refByKey.get(key);
    if (ref !== undefined) found.set(key, ref);
  }
  return found;
}

function refTaken(ref: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `The batch ${ref} is there already: each reservation takes a new ref.`,
    context: { ref },
  });
}
