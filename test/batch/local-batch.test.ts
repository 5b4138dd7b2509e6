import { describe, expect, it } from "vitest";
import { localBatch, type BatchSubmission } from "@gro/batch";
import { InvalidOptionError, ModelError, type LanguageModel, type ModelErrorKind } from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";
import { listenTo, makeScene, MINUTE, tokenizer } from "./support/scene.js";

const SECOND = 1_000;

async function sceneWith(model: LanguageModel, pages = 5, clock = virtualClock({ jumps: true })) {
  const provider = localBatch(model, { clock, maxConcurrency: 3, retry: { retries: 1, random: () => 0 } });
  const scene = makeScene({}, { clock, provider });
  for (let page = 0; page < pages; page += 1)
    await scene.add(`page-${page}`, prose(page === 0 ? 700 : 90, page + 1));
  return scene;
}

function modelError(kind: ModelErrorKind): ModelError {
  return new ModelError({ kind, provider: "test", model: "test", message: `scripted: ${kind}` });
}

describe("a model without a batch API", () => {
  it("summarizes whole trees, and draining takes no longer than its calls", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: 2 * SECOND });
    const scene = await sceneWith(model, 5, clock);
    const startedAt = clock.now();
    const worker = scene.worker({ pollIntervalMs: 60 * MINUTE, batchPollIntervalMs: 60 * MINUTE });
    const report = await worker.drain();
    expect(report).toMatchObject({ isDrained: true, summarized: 5, dead: 0 });
    expect(model.concurrency.most).toBe(3);
    expect(clock.now() - startedAt).toBeLessThan(model.requests.length * 2 * SECOND);
    expect(clock.sleeping).toBe(0);
  });

  it("has each completion in the memo as soon as it is there", async () => {
    const clock = virtualClock();
    const model = scriptedModel({ tokenizer, clock, latencyMs: (call) => call * 10 * SECOND });
    const scene = await sceneWith(model, 5, clock);
    const set: string[] = [];
    const { memo } = scene.store;
    const store = {
      ...scene.store,
      memo: {
        ...memo,
        set: async (...given: Parameters<typeof memo.set>) => (set.push(given[0]), memo.set(...given)),
      },
    };
    const worker = scene.worker({ store });
    await worker.tick();
    await clock.advance(10 * SECOND);
    expect(set).toHaveLength(1);
    await clock.advance(20 * SECOND);
    expect(set).toHaveLength(3);
    await Promise.all([worker.stop(), clock.advance(MINUTE)]);
    // And not a second time with the results.
    expect(new Set(set).size).toBe(set.length);
  });

  it("retries by itself, and tells what is left by its kind", async () => {
    let calls = 0;
    const model = scriptedModel({
      tokenizer,
      cue: () => ((calls += 1) === 1 ? new ScriptedError("busy", { isRetryable: true }) : undefined),
    });
    const scene = await sceneWith(model, 1);
    expect(await scene.worker().drain()).toMatchObject({ summarized: 1 });

    const broken = await sceneWith(scriptedModel({ tokenizer, cue: () => new Error("out of tune") }), 1);
    expect(await broken.worker().drain()).toMatchObject({ summarized: 0, dead: 1 });
    expect(await broken.deaths()).toEqual({ "page-0": "invalid_request" });
  });

  it("that has no credit, is not asked for the rest of the batch", async () => {
    const clock = virtualClock();
    let isBroken = true;
    const model = scriptedModel({
      tokenizer,
      cue: () => (isBroken ? modelError("out_of_credit") : undefined),
    });
    const scene = await sceneWith(model, 30, clock);
    const worker = scene.worker({ pauseMs: 5 * MINUTE });
    const events = listenTo(worker);
    await worker.tick();
    await clock.advance(0);
    await worker.tick();
    expect(model.requests.length).toBeLessThanOrEqual(6);
    expect(events.paused).toHaveLength(1);
    isBroken = false;
    await clock.advance(5 * MINUTE);
    worker.start();
    await clock.advance(10 * MINUTE);
    expect(events.itemSummarized).toHaveLength(30);
    await worker.stop();
  });

  it("divides what is too long for it, as the live executor does", async () => {
    const tooLong = scriptedModel({
      tokenizer,
      cue: ({ prompt }) => (prompt.length > 900 ? modelError("prompt_too_long") : undefined),
    });
    const scene = await sceneWith(tooLong, 1);
    await scene.worker().drain();
    expect((await scene.page("page-0"))?.summaryMeta?.warnings.map(({ code }) => code)).toEqual([
      "steps_split",
    ]);
  });

  it("answers for models that items name", async () => {
    const clock = virtualClock({ jumps: true });
    const usual = scriptedModel({ tokenizer });
    const large = scriptedModel({ tokenizer, id: "scripted:large" });
    const modelFor = (name: string) => {
      if (name !== "large") throw new Error("no such model");
      return large;
    };
    const scene = makeScene({}, { clock, provider: localBatch(usual, { clock, modelFor }) });
    await scene.add("special", prose(90, 1), { model: "large" });
    await scene.add("strange", prose(90, 2), { model: "huge" });
    await scene.worker().drain();
    expect((await scene.page("special"))?.summaryMeta?.modelId).toBe("scripted:large");
    expect(await scene.deaths()).toEqual({ strange: "unknown_model" });
  });
});

describe("a local batch whose process dies", () => {
  it("is asked again when its lease has ended, except for what was answered", async () => {
    const clock = virtualClock();
    const model = scriptedModel({ tokenizer, clock, latencyMs: (call) => (call <= 3 ? 10 * SECOND : 1e9) });
    const scene = await sceneWith(model, 6, clock);
    const isDead = { now: false };
    const dying = scene.worker({
      leaseMs: 30 * SECOND,
      clock: { now: () => clock.now(), sleep: (ms, signal) => clock.sleep(isDead.now ? 1e12 : ms, signal) },
    });
    await dying.tick();
    await clock.advance(20 * SECOND);
    isDead.now = true;
    const answered = model.requests.slice(0, 3).map(({ prompt }) => prompt);

    // Another process: another provider, which knows of no batch.
    const next = scriptedModel({ tokenizer });
    const worker = scene.worker({
      leaseMs: 30 * SECOND,
      provider: localBatch({ ...next, id: model.id }, { clock }),
    });
    const events = listenTo(worker);
    await worker.tick();
    expect(next.requests).toHaveLength(0);
    worker.start();
    await clock.advance(3 * MINUTE);
    expect(events.batchClosed[0]).toMatchObject({ reason: "orphaned" });
    expect(await scene.store.queue.stats()).toMatchObject({ ready: 0, waiting: 0, claimed: 0, dead: 0 });
    for (const { prompt } of next.requests) expect(answered).not.toContain(prompt);
    await worker.stop();
  });

  it("is freed by workers of other providers as well, since nobody else may come", async () => {
    const scene = makeScene();
    const claim = await scene.store.ledger.reserve(
      { ref: "x", provider: "local", modelId: "m", keys: ["k"] },
      30_000,
    );
    expect(claim.claim).not.toBeNull();
    const worker = scene.worker();
    await worker.tick();
    expect(await scene.store.ledger.openBatches()).toHaveLength(1);
    await scene.advance(MINUTE);
    await worker.tick();
    expect(await scene.store.ledger.openBatches()).toEqual([]);
  });

  it("is left to its own process for as long as that lives", async () => {
    const clock = virtualClock();
    const model = scriptedModel({ tokenizer, clock, latencyMs: 30 * MINUTE });
    const scene = await sceneWith(model, 2, clock);
    const owner = scene.worker({
      leaseMs: 5 * MINUTE,
      provider: localBatch(model, { clock, timeoutMs: 60 * MINUTE }),
    });
    owner.start();
    const other = scene.worker({
      leaseMs: 5 * MINUTE,
      provider: localBatch(model, { clock, timeoutMs: 60 * MINUTE }),
    });
    other.start();
    await clock.advance(29 * MINUTE);
    const asked = model.requests.length;
    await clock.advance(31 * MINUTE);
    expect(new Set(model.requests.map(({ prompt }) => prompt)).size).toBe(model.requests.length);
    expect(asked).toBeGreaterThan(1);
    await Promise.all([owner.stop(), other.stop(), clock.advance(60 * MINUTE)]);
  });
});

describe("stopping a worker whose batch runs here", () => {
  it("lets the calls under way end and begins no others; the rest is free at once", async () => {
    const clock = virtualClock();
    const model = scriptedModel({ tokenizer, clock, latencyMs: 10 * SECOND });
    const scene = await sceneWith(model, 8, clock);
    const worker = scene.worker();
    await worker.tick();
    const stopping = worker.stop();
    await clock.advance(10 * SECOND);
    await stopping;
    expect(model.requests).toHaveLength(3);
    expect(await scene.store.ledger.openBatches()).toEqual([]);
    expect(await scene.store.queue.stats()).toMatchObject({ ready: 8, claimed: 0 });
    expect(clock.sleeping).toBe(0);
  });
});

describe("localBatch itself", () => {
  const submission = (keys: readonly string[]): BatchSubmission => ({
    ref: "ref",
    requests: keys.map((key) => ({
      key,
      request: { system: "", prompt: `Say ${key}.`, maxOutputTokens: 10 },
    })),
    remember: () => Promise.reject(new Error("the disk is full")),
  });

  it("hands over with the results what the memo did not take", async () => {
    const provider = localBatch(scriptedModel({ tokenizer, behaviour: "echo" }));
    const created = await provider.submit(submission(["a", "b"]));
    const batchId = created.kind === "created" ? created.batchId : "";
    await provider.whenEnded?.(batchId);
    expect(await provider.status(batchId)).toEqual({
      kind: "ended",
      counts: { succeeded: 2, errored: 0, canceled: 0, expired: 0 },
    });
    const texts: string[] = [];
    for await (const result of provider.results(batchId)) {
      texts.push(result.kind === "succeeded" ? result.completion.text : result.kind);
    }
    expect(texts.sort()).toEqual(["Say a.", "Say b."]);
    expect(await provider.find({ ref: "ref", since: 0, requestCount: 2 })).toEqual([
      { batchId, isCertain: true },
    ]);
  });

  it("lets old batches go", async () => {
    const provider = localBatch(scriptedModel({ tokenizer }));
    const ids: string[] = [];
    for (let batch = 0; batch < 6; batch += 1) {
      const created = await provider.submit(submission(["a"]));
      if (created.kind === "created") ids.push(created.batchId);
      await provider.whenEnded?.(ids.at(-1) ?? "");
      for await (const { kind } of provider.results(ids.at(-1) ?? "")) expect(kind).toBe("succeeded");
    }
    expect((await Promise.all(ids.map((id) => provider.status(id)))).map(({ kind }) => kind)).toEqual([
      ...["missing", "missing", "ended", "ended", "ended", "ended"],
    ]);
  });

  it("refuses options that are none", () => {
    const model = scriptedModel();
    expect(() => localBatch(model, { maxConcurrency: 0 })).toThrow(InvalidOptionError);
    expect(() => localBatch(model, { timeoutMs: -1 })).toThrow(/timeoutMs/);
    expect(() => localBatch({} as LanguageModel)).toThrow(/model/);
    expect(() => localBatch(model, { modelFor: "x" as never })).toThrow(/modelFor/);
  });
});

describe("many calls at once", () => {
  it("gather no listeners on one signal, and all of them end when the batch is canceled", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on("warning", listen);
    try {
      const clock = virtualClock();
      let calls = 0;
      const model: LanguageModel = {
        id: "slow",
        generate: async () => {
          calls += 1;
          await clock.sleep(SECOND);
          throw modelError("server_error");
        },
      };
      const provider = localBatch(model, {
        clock,
        maxConcurrency: 40,
        retry: { retries: 5, random: () => 0 },
      });
      const requests = Array.from({ length: 40 }, (_, index) => ({
        key: `key-${index}`,
        request: { system: "", prompt: "text", maxOutputTokens: 10 },
      }));
      const submitted = await provider.submit({ ref: "ref", requests, remember: async () => undefined });
      const batchId = submitted.kind === "created" ? submitted.batchId : "";
      await clock.advance(SECOND / 2);
      await provider.cancel(batchId);
      await clock.advance(SECOND);
      await provider.whenEnded?.(batchId);
      // Those under way were not begun once more.
      expect(calls).toBe(40);
      expect(await provider.status(batchId)).toMatchObject({ kind: "ended", counts: { errored: 40 } });
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings).toEqual([]);
    } finally {
      process.off("warning", listen);
    }
  });
});
