import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { queueItemOf, type Claim, type ClaimToken, type DeadLetter, type QueueStore } from "@gro/queue";

/** An item as it was claimed last, free from `leaseEndsAt` on. `token`: who has it; `again`: who had it when it was queued again. */
type Entry = Omit<Claim, "token"> & { [Name in "token" | "again" | "wakeOn"]?: string | undefined };

/** A queue in one JSON file, for one process: written aside, synced and renamed with every change. */
export function jsonFileQueue(path: string, now: () => number, randomId: () => string): QueueStore {
  const text = existsSync(path) ? readFileSync(path, "utf8") : '{"live":[],"dead":[]}';
  const state = JSON.parse(text) as { live: [string, Entry][]; dead: [string, DeadLetter][] };
  const [live, dead] = [new Map(state.live), new Map(state.dead)];
  const keep = <Answer>(answer: Answer): Answer => {
    writeFileSync(`${path}.new`, JSON.stringify({ live: [...live], dead: [...dead] }), { flush: true });
    renameSync(`${path}.new`, path);
    return structuredClone(answer);
  };
  const all = () => [...live.values()];
  const due = (delayMs: number) => ({ leaseEndsAt: now() + delayMs });
  const isFree = ({ leaseEndsAt }: Entry) => leaseEndsAt <= now();
  const asleep = (wakeOn?: string) =>
    all().filter((one) => !one.token && !isFree(one) && (wakeOn === undefined || one.wakeOn === wakeOn));
  const add = (item: Entry["item"]) => {
    const there = live.get(item.id);
    if (there?.token) there.again = there.token;
    const kind = there ? "duplicate" : dead.delete(item.id) ? "revived" : "queued";
    if (kind !== "duplicate") live.set(item.id, { itemId: item.id, item, ...due(0), lapses: -1 });
    return { id: item.id, kind } as const;
  };
  const renew = (old?: { item: Entry["item"] }) => old && add({ ...old.item, queuedAt: now() });
  const end = (entry: Entry) => live.delete(entry.itemId) && entry.again === entry.token && renew(entry);
  const mine = ({ itemId, token }: ClaimToken) =>
    [live.get(itemId)].flatMap((entry) => (entry?.token === token ? [entry] : []));
  const change = (held: readonly ClaimToken[], work: (entry: Entry) => unknown) =>
    keep(held.map((claim) => (mine(claim).map(work).length > 0 ? "ok" : "lost")));
  return {
    enqueue: async (items) => keep(items.map((item) => queueItemOf(item, now())).map(add)),
    claim: async ({ limit, leaseMs }) => {
      const anew = { again: undefined, wakeOn: undefined };
      const next = (lapses: number) => ({ lapses: lapses + 1, token: randomId(), ...anew, ...due(leaseMs) });
      const free = all().filter(isFree).slice(0, limit);
      return keep(free.map((entry) => Object.assign(entry, next(entry.lapses))));
    },
    extend: async (held, leaseMs) => change(held, (entry) => Object.assign(entry, due(leaseMs))),
    complete: async (held) => change(held, end),
    release: async (held, { delayMs = 0, wakeOn } = {}) =>
      change(held, ({ itemId, item }) =>
        live.set(itemId, { itemId, item, ...due(delayMs), lapses: -1, wakeOn }),
      ),
    wake: async (name) => keep(asleep(name).map((entry) => Object.assign(entry, due(0))).length),
    deadLetter: async (held, reason) =>
      change(held, (one) => end(one) || dead.set(one.itemId, { item: one.item, reason, diedAt: now() })),
    deadLetters: async (limit) => structuredClone([...dead.values()].slice(0, limit)),
    retry: async (ids = [...dead.keys()]) => keep(ids.filter((id) => renew(dead.get(id))).length),
    stats: async () => {
      const [ready, waiting] = [all().filter(isFree).length, asleep().length];
      const counts = { ready, waiting, claimed: live.size - ready - waiting, dead: dead.size };
      return { ...counts, oldestQueuedAt: all()[0]?.item.queuedAt ?? null };
    },
  };
}
