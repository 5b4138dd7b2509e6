import type { DurableStore } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { expect } from "vitest";

/** A store as JavaScript may call it. */
type Untyped = Readonly<
  Record<
    "queue" | "memo" | "ledger",
    Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>>
  >
>;

const untyped = (store: DurableStore) => store as unknown as Untyped;

const claimed = async (store: DurableStore) => {
  await store.queue.enqueue([{ pageId: "page", contentHash: "hash" }]);
  return store.queue.claim({ limit: 1, leaseMs: 60_000 });
};

const reserved = async ({ ledger }: DurableStore) =>
  (await ledger.reserve({ ref: "ref", provider: "p", modelId: "m", keys: ["key"] }, 60_000)).claim;

const usage = { inputTokens: 1, outputTokens: 1 };
export const failure = { key: "key", kind: "expired", message: "Late." };

/** Calls that no store can keep, each with the option that is named. */
export const unreadableCalls: readonly [string, string, (store: DurableStore) => Promise<unknown>][] = [
  ...[null, undefined, "text", 5, []].map((completion): (typeof unreadableCalls)[number] => [
    `memo.set of ${JSON.stringify(completion)}`,
    "completion",
    (store) => untyped(store).memo["set"]?.("key", completion) ?? Promise.resolve(),
  ]),
  ["memo.set without a usage", "completion.usage", set("key", { text: "", finishReason: "stop" })],
  [
    "memo.set of an unknown end",
    "completion.finishReason",
    set("key", { text: "", finishReason: "x", usage }),
  ],
  [
    "memo.set of tokens that are no number",
    "completion.usage.inputTokens",
    set("key", { text: "", finishReason: "stop", usage: { ...usage, inputTokens: Number.NaN } }),
  ],
  ["memo.set of no key", "key", set(1, { text: "", finishReason: "stop", usage })],
  ["complete of null", "claims", ({ queue }) => queue.complete(null as never)],
  ["complete of [null]", "claims[0]", ({ queue }) => queue.complete([null] as never)],
  ["complete without a token", "claims[0].token", ({ queue }) => queue.complete([{ itemId: "a" }] as never)],
  ["extend of null", "claims", ({ queue }) => queue.extend(null as never, 1)],
  ["extend by no number", "leaseMs", async (store) => store.queue.extend(await claimed(store), Number.NaN)],
  ["release of null", "claims", ({ queue }) => queue.release(null as never)],
  ["release with null", "options", async (store) => store.queue.release(await claimed(store), null as never)],
  [
    "release for a number's wake",
    "wakeOn",
    async (store) => store.queue.release(await claimed(store), { wakeOn: 5 } as never),
  ],
  ["wake of a number", "name", ({ queue }) => queue.wake(5 as never)],
  ["retry of a number", "itemIds", ({ queue }) => queue.retry(5 as never)],
  ["retry of null", "itemIds", ({ queue }) => queue.retry(null as never)],
  [
    "deadLetter without a reason",
    "reason",
    async (store) => store.queue.deadLetter(await claimed(store), undefined as never),
  ],
  [
    "deadLetter for {}",
    "reason.code",
    async (store) => store.queue.deadLetter(await claimed(store), {} as never),
  ],
  [
    "deadLetter with an Error as its message",
    "reason.message",
    async (store) =>
      store.queue.deadLetter(await claimed(store), { code: "x", message: new Error("Trouble.") } as never),
  ],
  ["reserve of nothing", "intent", ({ ledger }) => ledger.reserve(undefined as never, 1)],
  [
    "reserve without a ref",
    "intent.ref",
    ({ ledger }) => ledger.reserve({ provider: "p", modelId: "m", keys: ["a"] } as never, 1),
  ],
  [
    "reserve of a key for keys",
    "intent.keys",
    ({ ledger }) => ledger.reserve({ ref: "r", provider: "p", modelId: "m", keys: "a" } as never, 1),
  ],
  [
    "reserve of null among keys",
    "intent.keys[1]",
    ({ ledger }) => ledger.reserve({ ref: "r", provider: "p", modelId: "m", keys: ["a", null] } as never, 1),
  ],
  [
    "reserve until no time",
    "intent.deadlineAt",
    ({ ledger }) =>
      ledger.reserve({ ref: "r", provider: "p", modelId: "m", keys: ["a"], deadlineAt: Number.NaN }, 1),
  ],
  [
    "reserve for no time",
    "leaseMs",
    ({ ledger }) => ledger.reserve({ ref: "r", provider: "p", modelId: "m", keys: ["a"] }, Number.NaN),
  ],
  ["ledger.claim of nothing", "request", ({ ledger }) => ledger.claim(undefined as never)],
  [
    "ledger.claim without a limit",
    "limit",
    ({ ledger }) => ledger.claim({ provider: "p", leaseMs: 5 } as never),
  ],
  ["ledger.extend of null", "claim", ({ ledger }) => ledger.extend(null as never, 1)],
  [
    "record of nothing",
    "change",
    async (store) => store.ledger.record((await reserved(store)) as never, undefined as never),
  ],
  [
    "record of a text",
    "change.submission",
    async (store) => store.ledger.record((await reserved(store)) as never, { submission: "sent" } as never),
  ],
  [
    "ledger.release by no number",
    "delayMs",
    async (store) => store.ledger.release((await reserved(store)) as never, Number.NaN),
  ],
  [
    "close without failures",
    "failures",
    async (store) => store.ledger.close((await reserved(store)) as never, undefined as never),
  ],
  [
    "close with null",
    "failures[0]",
    async (store) => store.ledger.close((await reserved(store)) as never, [null] as never),
  ],
  ["note of a text", "failures[0]", ({ ledger }) => ledger.note(["x"] as never)],
  [
    "note without a message",
    "failures[0].message",
    ({ ledger }) => ledger.note([{ key: "key", kind: "x" }] as never),
  ],
  [
    "note of an unread batch without an id",
    "failures[0].unread.batchId",
    ({ ledger }) => ledger.note([{ ...failure, unread: { provider: "p" } }] as never),
  ],
  ["forgive of a text", "keys", ({ ledger }) => ledger.forgive("key" as never)],
  ["holders of nothing", "keys", ({ ledger }) => ledger.holders(undefined as never)],
  ["failuresOf of a number", "keys[0]", ({ ledger }) => ledger.failuresOf([1] as never)],
];

function set(...given: readonly unknown[]) {
  return (store: DurableStore) => untyped(store).memo["set"]?.(...given) ?? Promise.resolve();
}

export async function expectRefused(call: Promise<unknown>, option: string): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error).toMatchObject({ option });
}
