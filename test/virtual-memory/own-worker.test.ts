import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWorkerProcess } from "@gro/cli";
import { fileStore } from "@gro/file-store";
import { memoryStore } from "@gro/queue";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { VirtualMemory, type VirtualMemoryOptions } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { batchScene, codesOf, dialogue, tokenizer } from "./support/scene.js";

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

  it("that ends by itself is told, left alone for a while, longer each time, and started again", async () => {
    const clock = virtualClock();
    const ends: ((value: unknown) => void)[] = [];
    const startWorker = () => ({
      stop: async () => undefined,
      ended: new Promise<unknown>((resolve) => ends.push(resolve)),
    });
    const { memory, worker } = batchScene({ startWorker, clock });
    await memory.add(dialogue(24));
    expect(codesOf(await memory.assemble())).toEqual([]);
    for (const [index, waitMs] of [60_000, 120_000, 240_000].entries()) {
      expect(ends).toHaveLength(index + 1);
      ends.at(-1)?.({ kind: "gave-up", reason: "it has no key" });
      const { warnings } = await memory.assemble();
      expect(warnings).toEqual([
        { code: "worker_failed", message: "The worker has ended by itself: it has no key" },
      ]);
      await clock.advance(waitMs - 1);
      await memory.assemble();
      expect(ends).toHaveLength(index + 1);
      await clock.advance(1);
      expect(codesOf(await memory.assemble())).toEqual([]);
    }
    // One that worked for long has not ended for what was wrong then.
    await clock.advance(3_600_000);
    ends.at(-1)?.({ kind: "stopped" });
    expect((await memory.assemble()).warnings[0]?.message).toContain("it does not say why");
    await clock.advance(60_000);
    await memory.assemble();
    expect(ends).toHaveLength(5);
    // Where nothing waits, none is started.
    await worker.work(1);
    ends.at(-1)?.(undefined);
    await memory.assemble();
    await clock.advance(3_600_000);
    await memory.assemble();
    expect(ends).toHaveLength(5);
    await memory.close();
  });

  it("that the memory has stopped has not ended by itself", async () => {
    let end: () => void = () => undefined;
    const startWorker = () => {
      const ended = new Promise<void>((resolve) => (end = resolve));
      return { ended, stop: async () => end() };
    };
    const { memory } = batchScene({ startWorker });
    await memory.add(dialogue(24));
    await memory.close();
    expect(codesOf(await memory.assemble())).toEqual([]);
  });

  it("as a process that dies at once, again and again, is told with its last words; pages wait", async () => {
    const directory = await mkdtemp(join(tmpdir(), "gro-own-worker-"));
    try {
      let started = 0;
      const program = [process.execPath, "-e", "console.error('no such model'); process.exit(1)", "--"];
      const memory = new VirtualMemory({
        ...{ summarizationQueuePath: directory, openStore: fileStore, enableBatchSummarization: true },
        ...{ tokenizer, workingMemoryTokens: 2_000 },
        startWorker() {
          started += 1;
          const paths = { queuePath: directory, pagesDir: join(directory, "pages") };
          return startWorkerProcess({ ...paths, program, firstWaitMs: 1, longestWaitMs: 1, mostDeaths: 3 });
        },
      });
      await memory.add(dialogue(24));
      const seen: string[] = [];
      await expect
        .poll(
          async () => {
            const { warnings } = await memory.assemble();
            seen.push(...warnings.map(({ message }) => message));
            return seen.join();
          },
          { timeout: 20_000 },
        )
        .toContain("The worker has ended by itself");
      expect(seen.join()).toContain("no such model");
      expect((await memory.assemble()).pendingSummaries).toBe(2);
      expect(started).toBe(1);
      await memory.close();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
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
