import { contentHash, type BatchClaim, type Claim, type DurableStore, type NewQueueItem } from "@gro/queue";
import fc from "fast-check";
import { completion } from "./history.js";

/** A store that is run beside another, and what it has answered so far that later calls need. */
export interface Side {
  readonly store: DurableStore;
  readonly claims: Claim[];
  readonly batches: BatchClaim[];
}

/** A call. Both stores must answer the same, tokens apart. */
export interface Operation {
  readonly name: string;
  readonly run: (side: Side) => Promise<unknown>;
}

const PROVIDERS = ["first", "second"];

const leaseMs = fc.integer({ min: 1, max: 50 });
const delayMs = fc.integer({ min: 0, max: 50 });
const limit = fc.integer({ min: 1, max: 4 });
const pageId = fc.integer({ min: 0, max: 9 }).map((index) => `page-${index}`);
const key = fc.integer({ min: 0, max: 11 }).map((index) => `key-${index}`);
const keys = fc.array(key, { minLength: 1, maxLength: 5 });
const wakeName = fc.constantFrom("red", "green");
/** Which of the claims so far, the latest first: old ones are stale. */
const which = fc.integer({ min: 0, max: 12 });
const several = fc.array(which, { minLength: 1, maxLength: 4 });
const provider = fc.constantFrom(...PROVIDERS);

function pick<Member>(list: readonly Member[], index: number): Member[] {
  const found = list.at(-1 - index);
  return found === undefined ? [] : [found];
}

const claimsAt = ({ claims }: Side, indexes: readonly number[]) =>
  indexes.flatMap((index) => pick(claims, index));

/** What two stores must have in common. */
const shownClaim = ({ token: _, ...rest }: Claim | BatchClaim) => rest;

const GONE = { code: "page_missing", message: "Gone." };

/** What the item was made of. */
function givenOf({ item: { pageId, contentHash: hash, label, lane, request } }: Claim): NewQueueItem {
  return { pageId, contentHash: hash, label, lane, request };
}

function operation(name: string, run: Operation["run"]): Operation {
  return { name, run };
}

const item = fc.record(
  {
    pageId,
    contentHash: fc.constantFrom("one", "two").map(contentHash),
    label: fc.string({ unit: "grapheme", maxLength: 8 }),
    lane: fc.constantFrom("tool", "user", null),
    request: fc.record({ targetTokens: fc.nat(), priorSummary: fc.string() }, { requiredKeys: [] }),
  },
  { requiredKeys: ["pageId", "contentHash"] },
);

const queueOperations: fc.Arbitrary<Operation>[] = [
  fc
    .array(item, { minLength: 1, maxLength: 5 })
    .map((items) => operation(`enqueue(${fc.stringify(items)})`, ({ store }) => store.queue.enqueue(items))),
  // All in one, as it is rare otherwise that an enqueue meets a claim that is ended then.
  fc
    .tuple(item, fc.record({ limit, leaseMs }), fc.constantFrom("complete", "deadLetter", "nothing"))
    .map(([first, request, ending]) =>
      operation(`queueAgain(${fc.stringify([first, request])}; ${ending})`, async ({ store, claims }) => {
        const { queue } = store;
        await queue.enqueue([first]);
        const got = await queue.claim(request);
        claims.push(...got);
        const outcomes = await queue.enqueue(got.map(givenOf));
        if (ending === "complete") return [outcomes, await queue.complete(got)];
        return [outcomes, ending === "deadLetter" ? await queue.deadLetter(got, GONE) : []];
      }),
    ),
  fc.record({ limit, leaseMs }).map((request) =>
    operation(`claim(${fc.stringify(request)})`, async ({ store, claims }) => {
      const got = await store.queue.claim(request);
      claims.push(...got);
      return got.map(shownClaim);
    }),
  ),
  fc
    .tuple(several, leaseMs)
    .map(([indexes, lease]) =>
      operation(`extend(${indexes.join()}; ${lease})`, (side) =>
        side.store.queue.extend(claimsAt(side, indexes), lease),
      ),
    ),
  several.map((indexes) =>
    operation(`complete(${indexes.join()})`, (side) => side.store.queue.complete(claimsAt(side, indexes))),
  ),
  fc
    .tuple(several, delayMs, fc.option(wakeName, { nil: undefined }))
    .map(([indexes, delay, wakeOn]) =>
      operation(`release(${indexes.join()}; ${delay}, ${wakeOn})`, (side) =>
        side.store.queue.release(claimsAt(side, indexes), { delayMs: delay, wakeOn }),
      ),
    ),
  wakeName.map((name) => operation(`wake(${name})`, ({ store }) => store.queue.wake(name))),
  several.map((indexes) =>
    operation(`deadLetter(${indexes.join()})`, (side) =>
      side.store.queue.deadLetter(claimsAt(side, indexes), GONE),
    ),
  ),
  fc
    .option(several, { nil: undefined })
    .map((indexes) =>
      operation(`retry(${indexes?.join() ?? ""})`, (side) =>
        side.store.queue.retry(indexes && claimsAt(side, indexes).map(({ itemId }) => itemId)),
      ),
    ),
  fc.constant(operation("deadLetters()", ({ store }) => store.queue.deadLetters())),
  fc.constant(operation("stats()", ({ store }) => store.queue.stats())),
];

const ledgerOperations: fc.Arbitrary<Operation>[] = [
  fc.tuple(keys, leaseMs, provider, fc.uuid()).map(([wanted, lease, name, ref]) =>
    operation(`reserve(${wanted.join()}; ${lease})`, async ({ store, batches }) => {
      const intent = { ref, provider: name, modelId: `${name}:model`, keys: wanted };
      const { claim, held } = await store.ledger.reserve(intent, lease);
      if (claim !== null) batches.push(claim);
      return { claim: claim && shownClaim(claim), held: [...held].sort() };
    }),
  ),
  fc.record({ provider, limit, leaseMs }).map((request) =>
    operation(`claimBatches(${fc.stringify(request)})`, async ({ store, batches }) => {
      const got = await store.ledger.claim(request);
      batches.push(...got);
      return got.map(shownClaim);
    }),
  ),
  onBatch("extendBatch", leaseMs, ({ ledger }, claim, lease) => ledger.extend(claim, lease)),
  onBatch("releaseBatch", delayMs, ({ ledger }, claim, delay) => ledger.release(claim, delay)),
  onBatch(
    "recordBatch",
    fc.record(
      {
        submission: fc.record({
          kind: fc.constant("submitted" as const),
          batchId: fc.string(),
          since: fc.nat(),
        }),
        ruledOut: fc.constantFrom("other-1", "other-2"),
      },
      { requiredKeys: [] },
    ),
    ({ ledger }, claim, change) => ledger.record(claim, change),
  ),
  onBatch("closeBatch", keys, ({ ledger }, claim, failed) => ledger.close(claim, failed.map(failureOf))),
  keys.map((failed) =>
    operation(`note(${failed.join()})`, ({ store }) => store.ledger.note(failed.map(failureOf))),
  ),
  keys.map((forgiven) =>
    operation(`forgive(${forgiven.join()})`, ({ store }) => store.ledger.forgive(forgiven)),
  ),
  keys.map((asked) =>
    operation(`failuresOf(${asked.join()})`, async ({ store }) => [
      ...(await store.ledger.failuresOf(asked)),
    ]),
  ),
  keys.map((asked) =>
    operation(`holders(${asked.join()})`, async ({ store }) => [...(await store.ledger.holders(asked))]),
  ),
  fc.constant(operation("openBatches()", ({ store }) => store.ledger.openBatches())),
];

const memoOperations: fc.Arbitrary<Operation>[] = [
  fc
    .tuple(key, fc.string({ maxLength: 200 }))
    .map(([name, text]) => operation(`set(${name})`, ({ store }) => store.memo.set(name, completion(text)))),
  key.map((name) => operation(`get(${name})`, ({ store }) => store.memo.get(name))),
];

function onBatch<Argument>(
  name: string,
  argument: fc.Arbitrary<Argument>,
  run: (store: DurableStore, claim: BatchClaim, argument: Argument) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return fc.tuple(which, argument).map(([index, value]) =>
    operation(`${name}(${index}; ${fc.stringify(value)})`, async ({ store, batches }) => {
      const [claim] = pick(batches, index);
      return claim && run(store, claim, value);
    }),
  );
}

function failureOf(name: string) {
  return { key: name, kind: name < "key-5" ? "overloaded" : "expired", message: `Why ${name} failed.` };
}

/** Any call of queue, ledger or memo. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.oneof(...queueOperations) },
  { weight: 3, arbitrary: fc.oneof(...ledgerOperations) },
  { weight: 2, arbitrary: fc.oneof(...memoOperations) },
);
