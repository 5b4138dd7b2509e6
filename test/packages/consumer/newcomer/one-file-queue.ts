import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import {
  queueItemOf,
  type ClaimToken,
  type DeadLetterReason,
  type NewQueueItem,
  type QueueItem,
  type QueueStore,
  type StoreEnvironment,
} from "@gro/queue";

/** What the README says that a queue keeps of an item. */
interface Row {
  item: QueueItem;
  freeFrom: number;
  token: string | null;
  lapses: number;
  queuedAgain: boolean;
  wakesOn: string | null;
  death: { reason: DeadLetterReason; diedAt: number } | null;
}

/** A queue in one JSON file, which is read and written with each call. */
export function oneFileQueue(path: string, environment: StoreEnvironment = {}): QueueStore {
  const { clock = Date, randomId = () => crypto.randomUUID() } = environment;

  const read = (): Row[] => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : []);
  function change<Answer>(work: (rows: Row[], now: number) => Answer): Answer {
    const rows = read();
    const answer = work(rows, clock.now());
    writeFileSync(`${path}.new`, JSON.stringify(rows), { flush: true });
    renameSync(`${path}.new`, path);
    return answer;
  }

  const without = (rows: Row[], row: Row) => rows.splice(rows.indexOf(row), 1);
  function add(rows: Row[], item: QueueItem) {
    const row = { token: null, lapses: 0, queuedAgain: false, wakesOn: null, death: null };
    rows.push({ item, freeFrom: item.queuedAt, ...row });
  }
  function enqueueOne(rows: Row[], given: NewQueueItem, now: number) {
    const item = queueItemOf(given, now);
    const row = rows.find((one) => one.item.id === item.id);
    if (row !== undefined && row.death === null) {
      if (row.token !== null) row.queuedAgain = true;
      return { id: item.id, kind: "duplicate" } as const;
    }
    if (row !== undefined) without(rows, row);
    add(rows, item);
    return { id: item.id, kind: row === undefined ? "queued" : "revived" } as const;
  }
  function renew(rows: Row[], row: Row, now: number) {
    without(rows, row);
    add(rows, { ...row.item, queuedAt: now });
  }
  const isFree = (row: Row, now: number) => row.death === null && row.freeFrom <= now;

  function each(claims: readonly ClaimToken[], work: (row: Row, rows: Row[], now: number) => void) {
    return change((rows, now) =>
      claims.map(({ itemId, token }) => {
        const row = rows.find((one) => one.item.id === itemId && one.token === token);
        if (row === undefined) return "lost";
        work(row, rows, now);
        return "ok";
      }),
    );
  }

  return {
    async enqueue(items) {
      return change((rows, now) => items.map((item) => enqueueOne(rows, item, now)));
    },
    async claim({ limit, leaseMs }) {
      return change((rows, now) =>
        rows
          .filter((row) => isFree(row, now))
          .sort((one, other) => one.item.queuedAt - other.item.queuedAt)
          .slice(0, limit)
          .map((row) => {
            const token = randomId();
            const lapses = row.token === null ? row.lapses : row.lapses + 1;
            const freeFrom = now + leaseMs;
            Object.assign(row, { token, lapses, freeFrom, queuedAgain: false, wakesOn: null });
            return { itemId: row.item.id, item: row.item, token, lapses, leaseEndsAt: freeFrom };
          }),
      );
    },
    async extend(claims, leaseMs) {
      return each(claims, (row, _rows, now) => {
        row.freeFrom = now + leaseMs;
      });
    },
    async complete(claims) {
      return each(claims, (row, rows, now) => {
        if (row.queuedAgain) renew(rows, row, now);
        else without(rows, row);
      });
    },
    async release(claims, { delayMs = 0, wakeOn } = {}) {
      return each(claims, (row, _rows, now) => {
        const freeFrom = now + delayMs;
        Object.assign(row, { token: null, lapses: 0, freeFrom, wakesOn: wakeOn ?? null, queuedAgain: false });
      });
    },
    async wake(name) {
      return change((rows, now) => {
        const sleepers = rows.filter((row) => row.wakesOn === name && row.freeFrom > now);
        for (const row of sleepers) row.freeFrom = now;
        return sleepers.length;
      });
    },
    async deadLetter(claims, reason) {
      return each(claims, (row, rows, now) => {
        if (row.queuedAgain) return renew(rows, row, now);
        without(rows, row);
        rows.push({ ...row, token: null, death: { reason, diedAt: now } });
      });
    },
    async deadLetters(limit) {
      return read()
        .flatMap(({ item, death }) => (death === null ? [] : [{ item, ...death }]))
        .slice(0, limit);
    },
    async retry(itemIds) {
      return change((rows, now) => {
        const isMeant = ({ item }: Row) => itemIds === undefined || itemIds.includes(item.id);
        const meant = rows.filter((row) => row.death !== null && isMeant(row));
        for (const row of meant) renew(rows, row, now);
        return meant.length;
      });
    },
    async stats() {
      const rows = read();
      const now = clock.now();
      const live = rows.filter(({ death }) => death === null);
      const taken = live.filter((row) => !isFree(row, now));
      const claimed = taken.filter(({ token }) => token !== null).length;
      return {
        ready: live.length - taken.length,
        waiting: taken.length - claimed,
        claimed,
        dead: rows.length - live.length,
        oldestQueuedAt: live.length === 0 ? null : Math.min(...live.map(({ item }) => item.queuedAt)),
      };
    },
  };
}
