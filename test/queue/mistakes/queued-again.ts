import type { Mistake } from "../broken-store.js";

const store = "memory/memory-queue-store.ts";

const mark = "if (entry.token !== undefined) entry.isQueuedAgain = true;";
const comeBack = "if (entry.isQueuedAgain) live.add({ ...entry.item, queuedAt });";

/** Mistakes that queues really have with items that are queued while somebody works on them, and the cases that find them. */
export const queuedAgainMistakes: readonly Mistake[] = [
  {
    name: "enqueue does nothing to an item that is claimed",
    file: store,
    right: mark,
    wrong: "",
    foundBy: [
      "is claimable again when it is completed, once and as it was, with `queuedAt` now and no lapses",
      "stands behind those that were queued before it was completed",
      "is claimable again also when its lease had ended by then",
      "is no dead letter when it was to die, and claimable again",
      "is claimable again when its lease was extended before it was completed",
      "is never lost, however closely both calls come",
      "what one queues while the other has it is never lost",
    ],
  },
  {
    name: "enqueue looks at the claim before it waits, and notes it after it",
    file: store,
    right: mark,
    wrong:
      "if (entry.token !== undefined) void Promise.resolve().then(() => { entry.isQueuedAgain = true; });",
    foundBy: ["is never lost, however closely both calls come"],
  },
  {
    name: "enqueue takes a claim whose lease has ended for none",
    file: store,
    right: mark,
    wrong: "if (entry.token !== undefined && entry.claimableAt > now()) entry.isQueuedAgain = true;",
    foundBy: ["is claimable again also when its lease had ended by then"],
  },
  {
    name: "enqueue remembers items for ever that nobody has claimed",
    file: store,
    right: mark,
    wrong: `Object.defineProperty(entry, "isQueuedAgain", { get: () => true, set() {} });`,
    foundBy: ["is done when it was queued again before it was claimed"],
  },
  {
    name: "enqueue puts a second item beside the claimed one",
    file: store,
    right: mark,
    wrong: "if (entry.token !== undefined) live.add({ ...item });",
    foundBy: ["answers `duplicate` for an item that is being worked on, and leaves it there"],
  },
  {
    name: "claim remembers what was queued before it",
    file: store,
    right: "entry.isQueuedAgain = false;\n    live.rest",
    wrong: "live.rest",
    foundBy: ["is done when somebody has claimed it after that, and completes it"],
  },
  {
    name: "release lets an item that was queued meanwhile begin anew",
    file: store,
    right: "        entry.isQueuedAgain = false;\n        live.rest",
    wrong: "        if (entry.isQueuedAgain) return end(entry, now());\n        live.rest",
    foundBy: ["waits as it was released, and is done when it is completed after that"],
  },
  {
    name: "extend forgets what was queued before it",
    file: store,
    right: "(entry) => live.rest(entry, leaseEndsAt)",
    wrong: "(entry) => { entry.isQueuedAgain = false; live.rest(entry, leaseEndsAt); }",
    foundBy: ["is claimable again when its lease was extended before it was completed"],
  },
  {
    name: "complete leaves an item that was queued meanwhile its `queuedAt`",
    file: store,
    right: comeBack,
    wrong: "if (entry.isQueuedAgain) live.add(entry.item);",
    foundBy: [
      "is claimable again when it is completed, once and as it was, with `queuedAt` now and no lapses",
      "stands behind those that were queued before it was completed",
      "is no dead letter when it was to die, and claimable again",
    ],
  },
  {
    name: "complete brings an item back whether it was queued meanwhile or not",
    file: store,
    right: comeBack,
    wrong: "live.add({ ...entry.item, queuedAt });",
    foundBy: [
      "complete takes the item out for good",
      "is claimable again when it is completed, once and as it was, with `queuedAt` now and no lapses",
    ],
  },
  {
    name: "deadLetter buries an item that was queued meanwhile",
    file: store,
    right: "if (end(entry, diedAt))",
    wrong: "live.remove(entry);",
    foundBy: ["is no dead letter when it was to die, and claimable again"],
  },
];
