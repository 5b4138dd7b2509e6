import { memoryStore } from "@gro/queue";
import { scriptedModel } from "@gro/summarizer/testing";
import { VirtualMemory, type VirtualMemoryOptions } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { batchScene, codesOf, dialogue } from "./support/scene.js";

describe("a worker that the memory starts itself", () => {
  it("is started once, with the first page that waits, and stopped when the memory is closed", async () => {
    const happened: string[] = [];
    const startWorker = () => {
      happened.push("started");
      return { stop: async () => void happened.push("stopped") };
    };
    const { memory } = batchScene({ startWorker });
    await memory.add(dialogue(4));
    await memory.assemble();
    expect(happened).toEqual([]);
    await memory.add(dialogue(60));
    await memory.assemble();
    expect(happened).toEqual(["started"]);
    await memory.close();
    await memory.close();
    expect(happened).toEqual(["started", "stopped"]);
    // Used again, it has its worker again.
    await memory.assemble();
    expect(happened).toEqual(["started", "stopped", "started"]);
  });

  it("that cannot be started costs nothing: it is told, and tried again with the next context", async () => {
    let tries = 0;
    const startWorker = () => {
      tries += 1;
      if (tries < 3) throw new Error("no such program");
      return { stop: () => Promise.reject(new Error("it is gone")) };
    };
    const { memory, worker } = batchScene({ startWorker });
    await memory.add(dialogue(24));
    expect(codesOf(await memory.assemble())).toContain("worker_failed");
    expect(codesOf(await memory.assemble())).not.toContain("worker_failed");
    expect(tries).toBe(3);
    await worker.work(1);
    expect((await memory.assemble()).pendingSummaries).toBe(0);
    await memory.close();
    expect(codesOf(await memory.assemble())).toContain("worker_failed");
  });

  it("must be one that can be stopped", async () => {
    const startWorker = (() => ({})) as unknown as NonNullable<VirtualMemoryOptions["startWorker"]>;
    const { memory } = batchScene({ startWorker });
    await memory.add(dialogue(24));
    const { warnings } = await memory.assemble();
    expect(warnings.find(({ code }) => code === "worker_failed")?.message).toContain("startWorker()");
  });

  it("has no meaning where summaries are made inline", () => {
    const startWorker = () => ({ stop: async () => undefined });
    const options = { store: memoryStore(), model: scriptedModel(), startWorker };
    expect(() => new VirtualMemory(options)).toThrow(
      "Invalid option startWorker: got a function, expected left out, or enableBatchSummarization: true.",
    );
  });
});
