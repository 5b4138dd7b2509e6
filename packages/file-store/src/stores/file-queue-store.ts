import {
  checkItems,
  claimRequestOf,
  claimTokensOf,
  deadLetterReasonOf,
  itemIdsOf,
  queueItemOf,
  releaseOptionsOf,
  wakeNameOf,
  type Claim,
  type ClaimOutcome,
  type ClaimToken,
  type DeadLetter,
  type EnqueueOutcome,
  type QueueItem,
  type QueueStore,
} from "@gro/queue";
import { wholeNumber } from "@gro/summarizer/executor";
import { fieldsOf, itemOf, tokenOf, type QueueEntry } from "../fold/queue/queue-entry.js";
import type { EnqueueRecord, HeldItems } from "../fold/records.js";
import type { StoreState } from "../fold/store-state.js";
import type { Journal } from "../journal/journal.js";
import { GatheredItems } from "./gathered-items.js";

/** The queue of a journal. */
export function queueOf(journal: Journal): QueueStore {
  const gathered = new GatheredItems((takeItems) =>
    journal.appendLate(
      (): EnqueueRecord => ({ do: "enqueue", at: journal.now(), marks: true, items: takeItems() }),
      ({ queue }, record) => queue.enqueue(record),
    ),
  );

  /** Does something to the items whose tokens are good. Those whose tokens are not take no record to be lost. */
  async function finish(
    given: readonly ClaimToken[],
    append: (held: readonly HeldItems[]) => Promise<readonly ClaimOutcome[]>,
  ): Promise<readonly ClaimOutcome[]> {
    const claims = claimTokensOf(given);
    let { held, isHeld } = heldItems(journal.known ?? (await journal.latest()), claims);
    if (isHeld.includes(false)) ({ held, isHeld } = heldItems(await journal.latest(), claims));
    const outcomes = held.length === 0 ? [] : await append(held);
    let next = 0;
    return isHeld.map((known) => (known ? (outcomes[next++] ?? "lost") : "lost"));
  }

  return {
    enqueue: (given) =>
      journal.call(async () => {
        checkItems(given);
        if (given.length === 0) return [];
        const at = journal.now();
        const items = given.map((item) => queueItemOf(item, at));
        // The look at what is known spares most calls the look at the file.
        const { known } = journal;
        if ((known === undefined || areQueued(known, items)) && areQueued(await journal.latest(), items)) {
          // Whoever queued them may still be waiting for the disk.
          await journal.settle();
          return items.map(({ id }): EnqueueOutcome => ({ id, kind: "duplicate" }));
        }
        const kinds = await gathered.add(items.map(fieldsOf));
        return items.map(({ id }, index) => ({ id, kind: kinds[index] ?? "duplicate" }));
      }),
    claim: (request) =>
      journal.call(async () => {
        const { limit, leaseMs } = claimRequestOf(request);
        const { queue: latest } = await journal.latest();
        const at = journal.now();
        const recalls = latest.hasFromAhead(at);
        if (!recalls && !latest.hasClaimable(at)) return [];
        const record = {
          ...({ do: "claim", at, token: journal.randomId(), limit, leaseMs } as const),
          ...(recalls && { recalls }),
        };
        const entries = await journal.append(record, ({ queue }) => queue.claim(record));
        return entries.map((entry) => claimOf(entry, record.token));
      }),
    extend: (claims, leaseMs) =>
      journal.call(async () => {
        wholeNumber("leaseMs", leaseMs, 1);
        return finish(claims, (held) => {
          const record = { do: "extend", at: journal.now(), held, leaseMs } as const;
          return journal.append(record, ({ queue }) => queue.extend(record));
        });
      }),
    complete: (claims) =>
      journal.call(() =>
        finish(claims, (held) => {
          const record = { do: "complete", at: journal.now(), held } as const;
          return journal.append(record, ({ queue }) => queue.complete(record));
        }),
      ),
    release: (claims, options) =>
      journal.call(async () => {
        const { delayMs, wakeOn } = releaseOptionsOf(options);
        return finish(claims, (held) => {
          const name = wakeOn === undefined ? {} : { wakeOn };
          const record = { do: "release", at: journal.now(), held, delayMs, ...name } as const;
          return journal.append(record, ({ queue }) => queue.release(record));
        });
      }),
    wake: (name) =>
      journal.call(async () => {
        wakeNameOf(name);
        const { queue: latest } = await journal.latest();
        if (!latest.hasSleepers(name)) return 0;
        const record = { do: "wake", at: journal.now(), name } as const;
        return journal.append(record, ({ queue }) => queue.wake(record));
      }),
    deadLetter: (claims, reason) =>
      journal.call(async () => {
        const { code, message } = deadLetterReasonOf(reason);
        return finish(claims, (held) => {
          const record = { do: "deadLetter", at: journal.now(), held, code, message } as const;
          return journal.append(record, ({ queue }) => queue.deadLetter(record));
        });
      }),
    deadLetters: (limit = Infinity) =>
      journal.call(async () => {
        const { queue } = await journal.latest();
        const letters = [...queue.dead].sort((left, right) => left.diedAt - right.diedAt);
        return letters.slice(0, limit).map((letter): DeadLetter => {
          return { item: itemOf(letter), reason: { ...letter.reason }, diedAt: letter.diedAt };
        });
      }),
    retry: (given) =>
      journal.call(async () => {
        const itemIds = given === undefined ? undefined : itemIdsOf(given);
        const { queue: latest } = await journal.latest();
        const numbers = itemIds?.flatMap((itemId) => latest.deadNumber(itemId) ?? []) ?? null;
        if (numbers === null ? latest.dead.length === 0 : numbers.length === 0) return 0;
        const record = { do: "retry", at: journal.now(), numbers } as const;
        return journal.append(record, ({ queue }) => queue.retry(record));
      }),
    stats: () => journal.call(async () => (await journal.latest()).queue.stats(journal.now())),
  };
}

/** Whether there is nothing to queue. */
function areQueued({ queue }: StoreState, items: readonly QueueItem[]): boolean {
  return items.every((item) => queue.isQueued(item));
}

/** The claims whose tokens are good, as records name them: neighbours with the same token together. */
function heldItems(
  { queue }: StoreState,
  claims: readonly ClaimToken[],
): { held: readonly HeldItems[]; isHeld: readonly boolean[] } {
  const held: [string, number[]][] = [];
  const isHeld = claims.map(({ itemId, token }) => {
    const entry = queue.heldBy(itemId, token);
    if (entry === undefined) return false;
    const last = held.at(-1);
    if (last !== undefined && last[0] === entry.token) last[1].push(entry.number);
    else held.push([entry.token ?? "", [entry.number]]);
    return true;
  });
  return { held, isHeld };
}

function claimOf(entry: QueueEntry, token: string): Claim {
  const { number, availableAt, lapses } = entry;
  const item = itemOf(entry);
  return { itemId: item.id, token: tokenOf(token, number), item, leaseEndsAt: availableAt, lapses };
}
