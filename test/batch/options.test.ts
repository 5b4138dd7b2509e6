import { describe, expect, it } from "vitest";
import { BatchWorker, localBatch } from "@gro/batch";
import { memoryStore } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { makeScene } from "./support/scene.js";

const { provider, store } = makeScene();
const local = localBatch(scriptedModel());

describe("the options of a worker", () => {
  it.each<[string, object]>([
    ["pollIntervalMs", { pollIntervalMs: 0 }],
    ["batchPollIntervalMs", { batchPollIntervalMs: 1.5 }],
    ["batchSize", { batchSize: -1 }],
    ["orphanGraceMs", { orphanGraceMs: Number.NaN }],
    ["leaseMs", { leaseMs: 1 }],
    ["maxAttempts", { maxAttempts: 0 }],
    ["maxLapses", { maxLapses: "many" }],
    ["parkMs", { parkMs: 1e12 }],
    ["pauseMs", { pauseMs: 0 }],
    ["resultsPatienceMs", { resultsPatienceMs: -1 }],
    ["store", { store: null }],
    ["store.queue", { store: { ...store, queue: {} } }],
    ["store.ledger", { store: { ...store, ledger: undefined } }],
    ["provider", { provider: {} }],
    ["provider.id", { provider: { ...provider, id: "" } }],
    ["provider.modelId", { provider: { ...provider, modelId: 5 } }],
    ["provider.limits.maxRequests", { provider: { ...provider, limits: {} } }],
    [
      "provider.limits.keepsResultsMs",
      { provider: { ...provider, limits: { ...provider.limits, keepsResultsMs: 0.5 } } },
    ],
    ["targetTokens", { defaults: { targetTokens: 0 } }],
    ["defaults", { defaults: "short" }],
    ["tokenizer", { tokenizer: {} }],
    ["prices", { prices: {} }],
    ["random", { random: 4 }],
    ["randomId", { randomId: "id" }],
    ["clock", { clock: {} }],
    ["signal", { signal: {} }],
    ["onPoint", { onPoint: "x" }],
    ["batchDeadline", { batchDeadline: 5 }],
    ["batchDeadline.afterMs", { batchDeadline: { afterMs: -1, provider: local } }],
    ["batchDeadline.provider.id", { batchDeadline: { afterMs: 1, provider } }],
    ["batchDeadline.provider.modelId", { batchDeadline: { afterMs: 1, provider: local } }],
  ])("are refused by name when %s is wrong", (option, wrong) => {
    const make = () => new BatchWorker({ store, provider, ...wrong });
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(`Invalid option ${option}`);
  });

  it("are complete with a store and a provider", async () => {
    const worker = new BatchWorker({ store: memoryStore(), provider: local });
    expect(await worker.tick()).toMatchObject({ claimed: 0, errors: 0 });
    await worker.stop();
  });

  it("that are undefined count as left out", () => {
    expect(
      () =>
        new BatchWorker({ store, provider, batchSize: undefined, signal: undefined, defaults: undefined }),
    ).not.toThrow();
  });
});
