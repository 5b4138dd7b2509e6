import {
  batchChangeOf,
  batchIntentOf,
  batchTokenOf,
  claimBatchesRequestOf,
  keyFailuresOf,
  stepKeysOf,
  StoreError,
  plainCopy,
  type BatchClaim,
  type BatchLedger,
  type BatchRecord,
  type BatchToken,
  type ClaimOutcome,
  type KeyHistory,
} from "@gro/queue";
import { wholeNumber } from "@gro/summarizer/executor";
import type { BatchEntry } from "../fold/ledger/ledger-state.js";
import type { Journal } from "../journal/journal.js";

/** The ledger of a journal. */
export function ledgerOf(journal: Journal): BatchLedger {
  /** Does something to a batch whose token is good. One whose token is not takes no record to be lost. */
  async function change(
    claim: BatchToken,
    append: (claim: BatchToken & { readonly at: number }) => Promise<ClaimOutcome>,
  ): Promise<ClaimOutcome> {
    const { ref, token } = batchTokenOf(claim);
    const { ledger } = await journal.latest();
    if (ledger.heldBy(ref, token) === undefined) return "lost";
    return append({ ref, token, at: journal.now() });
  }

  return {
    reserve: (intent, leaseMs) =>
      journal.call(async () => {
        const { ref, provider, modelId, keys, deadlineAt } = batchIntentOf(intent);
        wholeNumber("leaseMs", leaseMs, 1);
        const { ledger: latest } = await journal.latest();
        if (latest.isOpen(ref)) throw refTaken(ref);
        const known = latest.holders(keys);
        if (keys.every((key) => known.has(key))) return { claim: null, held: known };
        const token = journal.randomId();
        const record = {
          do: "reserve",
          ...{ at: journal.now(), token, leaseMs, ref, provider, modelId, deadlineAt },
          keys,
        } as const;
        const outcome = await journal.append(record, ({ ledger }) => ledger.reserve(record));
        if (outcome.kind === "refTaken") throw refTaken(ref);
        const { entry, held } = outcome;
        return { claim: entry === null ? null : claimOf(entry, token), held };
      }),
    claim: (request) =>
      journal.call(async () => {
        const { provider, limit, leaseMs } = claimBatchesRequestOf(request);
        const { ledger: latest } = await journal.latest();
        const at = journal.now();
        const recalls = latest.hasFromAhead(provider, at);
        if (!recalls && !latest.hasDue(provider, at)) return [];
        const token = journal.randomId();
        const record = {
          ...({ do: "claimBatches", at, token, provider, limit, leaseMs } as const),
          ...(recalls && { recalls }),
        };
        const entries = await journal.append(record, ({ ledger }) => ledger.claim(record));
        return entries.map((entry) => claimOf(entry, entry.token ?? ""));
      }),
    extend: (claim, leaseMs) =>
      journal.call(async () => {
        wholeNumber("leaseMs", leaseMs, 1);
        return change(claim, (held) => {
          const record = { do: "extendBatch", ...held, leaseMs } as const;
          return journal.append(record, ({ ledger }) => ledger.extend(record));
        });
      }),
    record: (claim, given) =>
      journal.call(async () => {
        const { submission, ruledOut } = batchChangeOf(given);
        return change(claim, (held) => {
          const record = {
            do: "recordBatch",
            ...held,
            ...(submission !== undefined && { submission }),
            ...(ruledOut !== undefined && { ruledOut }),
          } as const;
          return journal.append(record, ({ ledger }) => ledger.record(record));
        });
      }),
    release: (claim, delayMs) =>
      journal.call(async () => {
        wholeNumber("delayMs", delayMs, 0);
        return change(claim, (held) => {
          const record = { do: "releaseBatch", ...held, delayMs } as const;
          return journal.append(record, ({ ledger }) => ledger.release(record));
        });
      }),
    close: (claim, given) =>
      journal.call(async () => {
        const failures = keyFailuresOf(given);
        return change(claim, (held) => {
          const record = { do: "closeBatch", ...held, failures } as const;
          return journal.append(record, ({ ledger }) => ledger.close(record));
        });
      }),
    holders: (given) =>
      journal.call(async () => {
        const keys = stepKeysOf(given);
        return (await journal.latest()).ledger.holders(keys);
      }),
    failuresOf: (given) =>
      journal.call(async () => {
        const keys = stepKeysOf(given);
        const { ledger } = await journal.latest();
        const histories = new Map<string, KeyHistory>();
        for (const key of keys) {
          const history = ledger.failureOf(key);
          if (history !== undefined) histories.set(key, plainCopy(history));
        }
        return histories;
      }),
    note: (given) =>
      journal.call(async () => {
        const failures = keyFailuresOf(given);
        if (failures.length === 0) return;
        const record = { do: "note", at: journal.now(), failures } as const;
        await journal.append(record, ({ ledger }) => ledger.note(record));
      }),
    forgive: (given) =>
      journal.call(async () => {
        const keys = stepKeysOf(given);
        const { ledger: latest } = await journal.latest();
        if (!keys.some((key) => latest.failureOf(key) !== undefined)) return;
        const record = { do: "forgive", at: journal.now(), keys } as const;
        await journal.append(record, ({ ledger }) => ledger.forgive(record));
      }),
    openBatches: () =>
      journal.call(async () => {
        const { batches } = (await journal.latest()).ledger.contents();
        return batches.map(({ batch }) => copyOf(batch));
      }),
  };
}

function claimOf({ batch, dueAt }: BatchEntry, token: string): BatchClaim {
  return { ref: batch.ref, token, batch: copyOf(batch), leaseEndsAt: dueAt };
}

/** What callers change must not count. */
function copyOf(batch: BatchRecord): BatchRecord {
  const { keys, submission, ruledOut } = batch;
  return { ...batch, keys: [...keys], submission: { ...submission }, ruledOut: [...ruledOut] };
}

function refTaken(ref: string): StoreError {
  return new StoreError({
    code: "invalid_item",
    message: `The batch ${ref} is there already: each reservation takes a new ref.`,
    context: { ref },
  });
}
