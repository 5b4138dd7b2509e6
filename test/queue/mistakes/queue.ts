import type { Mistake } from "../broken-store.js";
import type { Amnesia } from "../finds-mistakes.js";

const store = "memory/memory-queue-store.ts";
const items = "memory/live-items.ts";
const operations = ["extend", "complete", "release", "deadLetter"];

/** Mistakes that queues really have in what follows a claim, and the cases that find them. */
export const queueMistakes: readonly Mistake[] = [
  {
    name: "operations take any token",
    file: items,
    right: "entry?.token === token ? entry : undefined",
    wrong: "entry",
    foundBy: operations.flatMap((name) => [
      `${name}: a token is lost once somebody else has the item, and nothing changes`,
      `${name}: made-up tokens, and tokens of other items, are lost`,
    ]),
  },
  {
    name: "operations refuse a token as soon as its lease has ended",
    file: store,
    right: "if (entry === undefined) return",
    wrong: "if (entry === undefined || entry.claimableAt <= now()) return",
    foundBy: [
      ...operations.map(
        (name) => `${name}: a token whose lease has ended is good as long as nobody else has the item`,
      ),
      "extend takes back an item whose lease has ended",
    ],
  },
  {
    name: "operations answer what is lost first",
    file: store,
    right: 'change(entry);\n      return "ok";\n    });',
    wrong: 'change(entry);\n      return "ok";\n    }).sort();',
    foundBy: operations.map((name) => `${name}: outcomes stand where their claims stand`),
  },
  {
    name: "operations stop after 999 claims",
    file: store,
    right: "return claims.map((claim) => {",
    wrong: "return claims.slice(0, 999).map((claim) => {",
    foundBy: operations.map((name) => `${name}: takes 1,000 claims, and none`),
  },
  {
    name: "a claim tells for how long its lease lasts, and not until when",
    file: store,
    right: "item: plainCopy(item), leaseEndsAt, lapses",
    wrong: "item: plainCopy(item), leaseEndsAt: leaseEndsAt - now(), lapses",
    foundBy: ["tells the store's own time by the end of the lease", "ends leases to the millisecond"],
  },
  {
    name: "a claim tells the end of twice its lease",
    file: store,
    right: "item: plainCopy(item), leaseEndsAt, lapses",
    wrong: "item: plainCopy(item), leaseEndsAt: 2 * leaseEndsAt - now(), lapses",
    foundBy: ["tells the store's own time by the end of the lease"],
  },
  {
    name: "extend counts from the end of the lease before",
    file: store,
    right: "(entry) => live.rest(entry, leaseEndsAt)",
    wrong: "(entry) => live.rest(entry, entry.claimableAt + leaseMs)",
    foundBy: ["extend prolongs the lease from now"],
  },
  {
    name: "extend uses the token up",
    file: store,
    right: "(entry) => live.rest(entry, leaseEndsAt)",
    wrong: "(entry) => { live.rest(entry, leaseEndsAt); entry.token = ''; }",
    foundBy: ["extend: leaves a token good"],
  },
  {
    name: "complete leaves the item with its token",
    file: store,
    right: "(entry) => end(entry, endedAt)",
    wrong: "(entry) => live.rest(entry, now() + 1)",
    foundBy: ["complete takes the item out for good", "complete: uses a token up"],
  },
  {
    name: "complete looks at the token before it waits, and removes the item after it",
    file: store,
    right: "return finish(claims, (entry) => end(entry, endedAt));",
    wrong: `const held = claims.map((claim) => live.heldBy(claim));
      await null;
      return held.map((entry) => {
        if (entry === undefined) return "lost";
        live.remove(entry);
        return "ok";
      });`,
    foundBy: ["of two that finish the same claim at once one is lost"],
  },
  {
    name: "release keeps the lapses",
    file: store,
    right: "entry.lapses = 0;",
    wrong: "",
    foundBy: ["release makes the item claimable at once, its lapses counted from 0"],
  },
  {
    name: "release puts the item at the end",
    file: store,
    right: "entry.lapses = 0;",
    wrong: "entry.lapses = 0; Object.assign(entry.item, { queuedAt: now() + 1 });",
    foundBy: ["release leaves the item's place in the queue"],
  },
  {
    name: "release leaves the token good",
    file: store,
    right: "entry.token = undefined;\n",
    wrong: "\n",
    foundBy: [
      "release: uses a token up",
      "an item released with a delay is claimable when the delay is over",
    ],
  },
  {
    name: "release ignores the delay",
    file: store,
    right: "live.rest(entry, claimableAt, wakeOn)",
    wrong: "live.rest(entry, now(), wakeOn)",
    foundBy: ["an item released with a delay is claimable when the delay is over"],
  },
  {
    name: "wake ignores the name",
    file: items,
    right: "...(this.#sleepers.get(name) ?? [])",
    wrong: "...[...this.#sleepers.values()].flatMap((sleepers) => [...sleepers])",
    foundBy: [
      "wake makes the items of its name claimable, and no others",
      "wake answers 0 for a name that nobody waits for",
      "an item waits for the name of its latest release alone",
    ],
  },
  {
    name: "wake takes the name for a beginning",
    file: items,
    right: "...(this.#sleepers.get(name) ?? [])",
    wrong: "...[...this.#sleepers].flatMap(([key, sleepers]) => (key.startsWith(name) ? [...sleepers] : []))",
    foundBy: ["wake makes the items of its name claimable, and no others"],
  },
  {
    name: "wake knows plain names only",
    file: items,
    right: "...(this.#sleepers.get(name) ?? [])",
    wrong: "...(this.#sleepers.get(name.replace(/[^\\w-]/gu, '')) ?? [])",
    foundBy: ["wake knows names in any writing"],
  },
  {
    name: "wake counts items whose delay is over",
    file: items,
    right: ".filter((entry) => entry.claimableAt > now)",
    wrong: "",
    foundBy: ["wake counts no item whose delay is over"],
  },
  {
    name: "wake takes items away from their claimers",
    file: items,
    right: "sleepers?.delete(entry);",
    wrong: "",
    foundBy: ["wake leaves an item alone that somebody has claimed by now"],
  },
  {
    name: "wake remembers names",
    file: items,
    right: "wake(name: string, now: number): number {",
    wrong: `wake(name: string, now: number): number {
      const rest = this.rest.bind(this);
      this.rest = (entry, at, wakeOn) => rest(entry, wakeOn === name ? now : at, wakeOn);`,
    foundBy: ["wake does not remember a name for later"],
  },
  {
    name: "wake puts items at the end",
    file: items,
    right: "for (const entry of sleepers) this.rest(entry, now);",
    wrong:
      "for (const entry of sleepers) { this.rest(entry, now); Object.assign(entry.item, { queuedAt: now + 1 }); }",
    foundBy: ["an item that was woken takes its place by age"],
  },
  {
    name: "deadLetter leaves the item in the queue",
    file: store,
    right: "if (end(entry, diedAt))",
    wrong: "",
    foundBy: [
      "stay readable with item, reason and time, and are not claimable",
      "deadLetter: uses a token up",
    ],
  },
  {
    name: "deadLetter forgets the time",
    file: store,
    right: "reason: { code, message }, diedAt }",
    wrong: "reason: { code, message }, diedAt: entry.item.queuedAt }",
    foundBy: ["note the time of the death"],
  },
  {
    name: "deadLetters come with the newest first",
    file: store,
    right: "left.diedAt - right.diedAt",
    wrong: "right.diedAt - left.diedAt",
    foundBy: ["come with the oldest death first, no more than asked for"],
  },
  {
    name: "deadLetters that died together come by their ids",
    file: store,
    right: "left.diedAt - right.diedAt",
    wrong: "left.diedAt - right.diedAt || (left.item.id < right.item.id ? -1 : 1)",
    foundBy: ["keep the order of the call when they die together"],
  },
  {
    name: "a new queue has a dead letter",
    file: store,
    right: "return letters.length;",
    wrong: "return letters.length + 1;",
    foundBy: ["are none in a new store", "retry without ids makes all of them claimable again"],
  },
  {
    name: "retry counts ids",
    file: store,
    right: "return letters.length;",
    wrong: "return itemIds.length;",
    foundBy: ["retry with ids takes those alone, each once, and passes others over"],
  },
  {
    name: "retry takes no ids for all",
    file: store,
    right: "new Set(itemIds)",
    wrong: "new Set(itemIds.length === 0 ? dead.keys() : itemIds)",
    foundBy: ["retry with an empty list retries none"],
  },
  {
    name: "retry keeps queuedAt",
    file: store,
    right: "live.add({ ...item, queuedAt });",
    wrong: "live.add(item);",
    foundBy: [
      "retry puts an item behind those that were queued meanwhile",
      "retry keeps the item, with `queuedAt` now and no lapses",
      "tell the age of the oldest item that is not dead",
    ],
  },
  {
    name: "enqueue revives dead letters with their former request",
    file: store,
    right: 'const kind = dead.delete(item.id) ? "revived" : "queued";\n    live.add(item);',
    wrong: `const letter = dead.get(item.id);
      const kind = dead.delete(item.id) ? "revived" : "queued";
      live.add(letter?.item ?? item);`,
    foundBy: ["enqueue revives one with what is given now"],
  },
  {
    name: "stats count a lease that has ended as claimed",
    file: items,
    right: 'claimableAt <= now ? "ready" : token === undefined ? "waiting" : "claimed"',
    wrong: 'token !== undefined ? "claimed" : claimableAt <= now ? "ready" : "waiting"',
    foundBy: ["add up through the whole life of items"],
  },
  {
    name: "stats know no oldest as 0",
    file: items,
    right: "oldestQueuedAt: number | null = null",
    wrong: "oldestQueuedAt = 0",
    foundBy: ["are all 0 in a new store", "tell the age of the oldest item that is not dead"],
  },
];

/** Queues that lose something in a crash, or are not the same for two instances. */
export const forgetfulQueues: readonly Amnesia[] = [
  {
    name: "enqueue is not durable",
    forgets: "queue.enqueue",
    foundBy: [
      "queued items are there, in order and unchanged",
      "items are still held once",
      "items that were queued while they were claimed come back when they are completed",
      "what was answered is there, whatever else was under way",
    ],
  },
  {
    name: "claim is not durable",
    forgets: "queue.claim",
    foundBy: [
      "claims stay claimed to the end of their lease, and their tokens good",
      "lapses are still counted",
      "stats are the same",
    ],
  },
  { name: "extend is not durable", forgets: "queue.extend", foundBy: ["extended leases stay extended"] },
  {
    name: "complete is not durable",
    forgets: "queue.complete",
    foundBy: ["finished items stay finished, and stale tokens lost", "stats are the same"],
  },
  {
    name: "release is not durable",
    forgets: "queue.release",
    foundBy: ["released items wait on, and can be woken"],
  },
  { name: "wake is not durable", forgets: "queue.wake", foundBy: ["woken items stay awake"] },
  {
    name: "deadLetter is not durable",
    forgets: "queue.deadLetter",
    foundBy: ["dead letters are there, and can be retried"],
  },
  {
    name: "retry is not durable",
    forgets: "queue.retry",
    foundBy: ["dead letters are there, and can be retried"],
  },
  {
    name: "two instances do not see each other's work",
    isDivided: true,
    foundBy: [
      "what one queues while the other has it is never lost",
      "one sees what the other has queued",
      "40 interleaved claims take each item once",
      "the same items queued by both at once are held once",
      "a claim of one is good with the other, until it is stale with both",
      "one wakes and retries what the other has put aside",
    ],
  },
];
