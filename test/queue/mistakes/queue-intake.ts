import type { Mistake } from "../broken-store.js";

const store = "memory/memory-queue-store.ts";
const items = "memory/live-items.ts";

/** Mistakes that queues really have in enqueue and claim, and the cases that find them. */
export const intakeMistakes: readonly Mistake[] = [
  {
    name: "enqueue says `queued` for a duplicate",
    file: store,
    right: 'kind: "duplicate" };',
    wrong: 'kind: "queued" };',
    foundBy: ["holds the same page and content once"],
  },
  {
    name: "enqueue does not dedupe",
    file: store,
    right: "if (entry !== undefined) {\n      // What",
    wrong: "if (false) {\n      // What",
    foundBy: ["holds an item once that stands twice in one list", "holds the same page and content once"],
  },
  {
    name: "enqueue looks for duplicates before it waits, and adds after it",
    file: store,
    right: "return items.map((item) => queueItemOf(item, queuedAt)).map(add);",
    wrong: `const made = items.map((item) => queueItemOf(item, queuedAt));
      const known = made.map((item) => live.get(item.id) !== undefined);
      await null;
      return made.map((item, index) => {
        if (known[index]) return { id: item.id, kind: "duplicate" };
        live.add(item);
        return { id: item.id, kind: "queued" };
      });`,
    foundBy: ["queues one of 100 that come at once for the same page and content"],
  },
  {
    name: "enqueue takes the page's id for the item's",
    file: "content-hash.ts",
    right: "`${pageId}@${hash}`",
    wrong: "pageId",
    foundBy: [
      "takes other content of the same page as another item",
      "answers `queued` and the id of each item, in order",
    ],
  },
  {
    name: "enqueue takes ids that differ in case for the same",
    file: "content-hash.ts",
    right: "`${pageId}@${hash}`",
    wrong: "`${pageId}@${hash}`.toLowerCase()",
    foundBy: ["takes page ids that differ in case as other pages"],
  },
  {
    name: "enqueue does not know items that are claimed",
    file: items,
    right: "return this.#entries.get(itemId);",
    wrong: "const entry = this.#entries.get(itemId); return entry?.token === undefined ? entry : undefined;",
    foundBy: ["answers `duplicate` for an item that is being worked on, and leaves it there"],
  },
  {
    name: "enqueue does not know items that wait",
    file: items,
    right: "return this.#entries.get(itemId);",
    wrong: "const entry = this.#entries.get(itemId); return entry?.claimableAt > 0 ? undefined : entry;",
    foundBy: ["answers `duplicate` for an item that waits for its delay, and leaves it there"],
  },
  {
    name: "enqueue remembers finished items for ever",
    file: items,
    right: "this.#entries.delete(entry.item.id);",
    wrong: "entry.token = undefined;",
    foundBy: ["takes an item anew once it is finished", "add up through the whole life of items"],
  },
  {
    name: "enqueue queues what stands before a bad page id",
    file: store,
    right: ".map((item) => queueItemOf(item, queuedAt)).map(add)",
    wrong: ".map((item) => add(queueItemOf(item, queuedAt)))",
    foundBy: ["refuses what is no page id before anything is queued"],
  },
  {
    name: "enqueue refuses long page ids",
    file: "page.ts",
    right: "{1,128}",
    wrong: "{1,64}",
    foundBy: ["takes a page id of 128 characters"],
  },
  {
    name: "enqueue stops after 999 items",
    file: store,
    right: "items.map((item) => queueItemOf",
    wrong: "items.slice(0, 999).map((item) => queueItemOf",
    foundBy: ["takes 1,000 items at once"],
  },
  {
    name: "enqueue has no answer for an empty list",
    file: store,
    right: "return items.map((item) => queueItemOf",
    wrong: "if (items.length === 0) return undefined; return items.map((item) => queueItemOf",
    foundBy: ["answers an empty list with an empty list"],
  },
  {
    name: "enqueue normalizes labels",
    file: "queue-item.ts",
    right: "contentHash, label, lane, queuedAt",
    wrong: 'contentHash, label: label.normalize("NFC"), lane, queuedAt',
    foundBy: ["keeps labels in any writing"],
  },
  {
    name: "enqueue forgets lanes",
    file: "queue-item.ts",
    right: "contentHash, label, lane, queuedAt",
    wrong: "contentHash, label, lane: null, queuedAt",
    foundBy: ["keeps lanes and requests as JSON would, without what is undefined", "answers the whole item"],
  },
  {
    name: "enqueue makes up a label",
    file: "queue-item.ts",
    right: 'label = ""',
    wrong: "label = given.pageId",
    foundBy: ["fills in what is left out"],
  },
  {
    name: "enqueue keeps the caller's own request",
    file: "queue-item.ts",
    right: "return plainCopy(request);",
    wrong: "return request;",
    foundBy: ["shares nothing with its caller"],
  },
  {
    name: "enqueue counts time in seconds",
    file: store,
    right: "async enqueue(items) {\n      const queuedAt = now();",
    wrong: "async enqueue(items) {\n      const queuedAt = Math.floor(now() / 1000) * 1000;",
    foundBy: ["notes when it took an item"],
  },
  {
    name: "claim takes the newest first",
    file: "memory/queue-entry.ts",
    right: "left.item.queuedAt - right.item.queuedAt || left.order - right.order",
    wrong: "right.item.queuedAt - left.item.queuedAt || right.order - left.order",
    foundBy: [
      "takes items in the order of their enqueueing, across calls",
      "takes older items first, also those whose lease has ended or that were given back",
      "retry puts an item behind those that were queued meanwhile",
    ],
  },
  {
    name: "claim takes one too many",
    file: store,
    right: "claims.length < limit",
    wrong: "claims.length <= limit",
    foundBy: ["takes no more than the limit, and nothing where nothing is"],
  },
  {
    name: "claim ignores leases",
    file: store,
    right: "live.rest(entry, leaseEndsAt);\n    const { item, lapses }",
    wrong: "live.rest(entry, -1);\n    const { item, lapses }",
    foundBy: ["gives an item to nobody else while its lease runs"],
  },
  {
    name: "claim chooses before it waits, and takes after it",
    file: store,
    right: "claims.push(take(entry, time + leaseMs));",
    wrong: "live.rest(entry, -1); await null; claims.push(take(entry, time + leaseMs));",
    foundBy: ["gives each of 100 items to one of 40 claims at once"],
  },
  {
    name: "claim gives an item the same token each time",
    file: store,
    right: "const token = randomId();",
    wrong: "const token = entry.item.id;",
    foundBy: [
      "gives every claim a token of its own",
      "complete: a token is lost once somebody else has the item, and nothing changes",
    ],
  },
  {
    name: "claim does not count lapses",
    file: store,
    right: "if (entry.token !== undefined) entry.lapses++;",
    wrong: "",
    foundBy: ["gives an item to the next once its lease has ended, and counts the lapses"],
  },
  {
    name: "claim counts itself as a lapse",
    file: store,
    right: "if (entry.token !== undefined) entry.lapses++;",
    wrong: "entry.lapses++;",
    foundBy: ["answers the whole item"],
  },
  {
    name: "leases never end",
    file: items,
    right: "if (entry.claimableAt <= now) return entry;",
    wrong: "if (entry.claimableAt <= now && entry.token === undefined) return entry;",
    foundBy: [
      "gives an item to the next once its lease has ended, and counts the lapses",
      "takes older items first, also those whose lease has ended or that were given back",
    ],
  },
  {
    name: "leases end a millisecond late",
    file: items,
    right: "if (entry.claimableAt <= now) return entry;",
    wrong: "if (entry.claimableAt < now) return entry;",
    foundBy: ["ends leases to the millisecond", "delays end to the millisecond"],
  },
  {
    name: "all leases end with the first one",
    file: store,
    right: "claims.push(take(entry, time + leaseMs));",
    wrong: "claims.push(take(entry, Math.min(time + leaseMs, time + 60_000)));",
    foundBy: ["keeps the leases of claims apart"],
  },
];
