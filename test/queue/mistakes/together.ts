import type { Mistake } from "../broken-store.js";
import type { Amnesia } from "../finds-mistakes.js";

/** Mistakes of stores whose parts share one place, and the cases that find them. */
export const mixedUp: readonly Mistake[] = [
  {
    name: "pages and completions are kept side by side under one name",
    file: "memory/memory-store.ts",
    right: "memo: memoryMemo(),",
    wrong: `get memo() {
      const { pages } = this;
      return { get: async (key) => (await pages.read(key))?.page, set: (key, page) => pages.save({ ...page, id: key }) };
    },`,
    foundBy: ["parts do not mix up what has the same name"],
  },
];

export const forgetfulStores: readonly Amnesia[] = [
  ...[
    ...[
      "queue.enqueue",
      "queue.claim",
      "queue.complete",
      "queue.deadLetter",
      "pages.save",
      "pages.writeSummary",
    ],
    ...["memo.set", "ledger.reserve"],
  ].map((method) => ({
    name: `${method} is not durable`,
    forgets: method,
    foundBy: ["everything that was answered is there after a crash, and after one more"],
  })),
  {
    name: "two instances do not see each other's work",
    isDivided: true,
    foundBy: ["a worker finishes what another process has begun"],
  },
];
