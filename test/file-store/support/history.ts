import {
  contentHash,
  type BatchClaim,
  type Claim,
  type DurableStore,
  type Page,
  type SummaryMeta,
} from "@gro/queue";
import type { Completion } from "@gro/summarizer";

/** A store in the hands of a test, and what the test has got from it. */
export interface Scene {
  readonly store: DurableStore;
  readonly clock: { time: number };
  /** By the names that the history gave them. */
  readonly claims: Map<string, Claim>;
  readonly batches: Map<string, BatchClaim>;
}

/** One call, or the passing of time. */
export interface Step {
  readonly name: string;
  readonly run: (scene: Scene) => Promise<unknown>;
}

export const START = Date.UTC(2026, 0, 1);
const LEASE_MS = 60_000;
const KEYS = Array.from({ length: 60 }, (_, index) => `step-key-${index}`);
const PAGES = ["page-a", "page-b"];

const reason = { code: "page_missing", message: "The page is gone. Save it again and retry." };
const failure = (key: string) => ({ key, kind: "overloaded", message: "The provider is busy. Wait." });

export function completion(text: string): Completion {
  return { text, finishReason: "stop", usage: { inputTokens: 120, outputTokens: 30 } };
}

export function page(id: string, content: string): Page {
  const createdAt = "2026-01-01T00:00:00.000Z";
  return { id, label: `Page ${id}`, content, createdAt, messageCount: 2, tokens: 9 };
}

function step(name: string, run: Step["run"]): Step {
  return { name, run };
}

export function enqueue(...pageIds: string[]): Step {
  const items = pageIds.map((pageId) => ({ pageId, contentHash: contentHash(pageId), label: `„${pageId}“` }));
  return step(`enqueue ${pageIds.join(" ")}`, ({ store }) => store.queue.enqueue(items));
}

/** Claims as many items as there are names. */
function claim(...names: string[]): Step {
  return step(`claim ${names.join(" ")}`, async ({ store, claims }) => {
    const got = await store.queue.claim({ limit: names.length, leaseMs: LEASE_MS });
    names.forEach((name, index) => {
      const one = got[index];
      if (one !== undefined) claims.set(name, one);
    });
  });
}

/** Does something with claims that came before. */
function onClaims(
  name: string,
  names: readonly string[],
  run: (scene: Scene, claims: Claim[]) => Promise<unknown>,
) {
  return step(`${name} ${names.join(" ")}`, (scene) =>
    run(
      scene,
      names.flatMap((one) => scene.claims.get(one) ?? []),
    ),
  );
}

const complete = (...names: string[]) =>
  onClaims("complete", names, ({ store }, claims) => store.queue.complete(claims));

function onBatch(
  name: string,
  batch: string,
  run: (scene: Scene, claim: BatchClaim) => Promise<unknown>,
): Step {
  return step(`${name} ${batch}`, async (scene) => {
    const held = scene.batches.get(batch);
    if (held !== undefined) await run(scene, held);
  });
}

function reserve(name: string, keys: readonly string[]): Step {
  return step(`reserve ${name}`, async ({ store, batches }) => {
    const intent = { ref: name, provider: "somebody", modelId: "somebody:model", keys };
    const { claim: held } = await store.ledger.reserve(intent, LEASE_MS);
    if (held !== null) batches.set(name, held);
  });
}

function claimBatches(name: string): Step {
  return step(`claim batches ${name}`, async ({ store, batches }) => {
    const request = { provider: "somebody", limit: 1, leaseMs: LEASE_MS };
    for (const held of await store.ledger.claim(request)) batches.set(name, held);
  });
}

const pass = (milliseconds: number) =>
  step(`pass ${milliseconds} ms`, async ({ clock }) => {
    clock.time += milliseconds;
  });

const remember = (index: number, length: number) =>
  step(`memo set ${index}`, ({ store }) =>
    store.memo.set(KEYS[index] ?? "", completion(`text ${index} `.repeat(length))),
  );

const save = (id: string, content: string) =>
  step(`save ${id}`, ({ store }) => store.pages.save(page(id, content)));

function summarize(id: string, content: string): Step {
  const meta: SummaryMeta = {
    ...{
      contentHash: contentHash(content),
      modelId: "somebody:model",
      createdAt: "2026-01-02T00:00:00.000Z",
    },
    ...{ inputTokens: 9, outputTokens: 3, targetTokens: 4, compressionRatio: 0.33, collapseDepth: 0 },
    fit: "model",
    warnings: [],
  };
  return step(`summary ${id}`, ({ store }) =>
    store.pages.writeSummary(id, contentHash(content), { text: `In short: ${content}`, meta }),
  );
}

/** An item's whole life, which leaves nothing behind: what makes compaction worth its while. */
function life(name: string): Step[] {
  return [enqueue(name), claim(name), complete(name)];
}

/** Every operation of every part, with so much said that small segments are ended and compacted many times. */
export const HISTORY: readonly Step[] = [
  enqueue("one"),
  enqueue("two", "three", "four"),
  enqueue("two"),
  save("page-a", "What page a says."),
  claim("first", "second"),
  onClaims("extend", ["first"], ({ store }, claims) => store.queue.extend(claims, LEASE_MS * 3)),
  complete("second"),
  complete("second"),
  remember(0, 3),
  claim("third"),
  onClaims("release", ["third"], ({ store }, claims) =>
    store.queue.release(claims, { delayMs: LEASE_MS, wakeOn: "batch-one" }),
  ),
  reserve("batch-one", KEYS.slice(0, 5)),
  reserve("batch-two", KEYS.slice(3, 9)),
  onBatch("record", "batch-one", ({ store }, held) =>
    store.ledger.record(held, { submission: { kind: "submitted", batchId: "msgbatch_1", since: START } }),
  ),
  onBatch("rule out", "batch-two", ({ store }, held) =>
    store.ledger.record(held, { ruledOut: "msgbatch_2" }),
  ),
  ...life("a"),
  ...life("b"),
  onBatch("extend batch", "batch-two", ({ store }, held) => store.ledger.extend(held, LEASE_MS * 2)),
  onBatch("release batch", "batch-one", ({ store }, held) => store.ledger.release(held, 1_000)),
  remember(1, 20),
  summarize("page-a", "What page a says."),
  pass(2_000),
  claimBatches("batch-one again"),
  step("wake", ({ store }) => store.queue.wake("batch-one")),
  claim("fourth", "fifth"),
  onClaims("dead-letter", ["fourth"], ({ store }, claims) => store.queue.deadLetter(claims, reason)),
  ...life("c"),
  save("page-a", "What page a says by now."),
  onBatch("close", "batch-one again", ({ store }, held) =>
    store.ledger.close(held, [failure(KEYS[2] ?? "")]),
  ),
  step("note", ({ store }) => store.ledger.note([failure(KEYS[2] ?? ""), failure(KEYS[7] ?? "")])),
  ...life("d"),
  remember(1, 5),
  step("retry", ({ store }) => store.queue.retry()),
  pass(LEASE_MS),
  claim("sixth"),
  onClaims("stale complete", ["fifth"], ({ store }, claims) => store.queue.complete(claims)),
  ...life("e"),
  step("forgive", ({ store }) => store.ledger.forgive(KEYS.slice(6, 9))),
  ...life("f"),
  remember(2, 40),
  save("page-b", "What page b says."),
  ...life("g"),
  remember(2, 2),
  ...life("h"),
  ...life("i"),
  claim("seventh"),
  ...life("j"),
  ...life("k"),
  enqueue("last"),
];

/** Everything that a store answers, as plain data. Asking changes the store: it must not be used any more. */
export async function portrait(scene: Scene, known: Known): Promise<unknown> {
  const { store, clock, claims, batches } = scene;
  const { queue, ledger, memo, pages } = store;
  const stats = await queue.stats();
  const deadLetters = await queue.deadLetters();
  const openBatches = await ledger.openBatches();
  const holders = [...(await ledger.holders(KEYS))];
  const failures = [...(await ledger.failuresOf(KEYS))];
  const completions = await Promise.all(KEYS.map((key) => memo.get(key)));
  const written = await Promise.all(PAGES.map((id) => pages.read(id)));
  const heldClaims = [];
  for (const name of known.claims) {
    const held = claims.get(name);
    heldClaims.push([name, held && (await queue.extend([held], LEASE_MS * 10))]);
  }
  const heldBatches = [];
  for (const name of known.batches) {
    const held = batches.get(name);
    heldBatches.push([name, held && (await ledger.extend(held, LEASE_MS * 10))]);
  }
  const claimed = [];
  for (const milliseconds of [0, LEASE_MS, LEASE_MS * 20]) {
    clock.time += milliseconds;
    const items = await queue.claim({ limit: 1_000, leaseMs: LEASE_MS * 100 });
    claimed.push(items.map(({ item, lapses }) => ({ item, lapses })));
    const due = await ledger.claim({ provider: "somebody", limit: 1_000, leaseMs: LEASE_MS * 100 });
    claimed.push(due.map(({ batch }) => batch));
  }
  return plain({
    ...{ stats, deadLetters, openBatches, holders, failures, completions, written },
    ...{ heldClaims, heldBatches, claimed },
  });
}

/** The names of what a scene has got so far. */
export interface Known {
  readonly claims: readonly string[];
  readonly batches: readonly string[];
}

export function knownIn({ claims, batches }: Scene): Known {
  return { claims: [...claims.keys()], batches: [...batches.keys()] };
}

/** As JSON would carry it: a field that is `undefined` is the same as none. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
