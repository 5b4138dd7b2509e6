import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { memoryMemo } from "@gro/summarizer";
import { memoryQueueStore, memoryStore, type QueueStore } from "@gro/queue";
import {
  durableStoreContract,
  memoContract,
  queueStoreContract,
  type ContractOptions,
} from "@gro/queue/contract";
import { describe, expect, it } from "vitest";
import { casesOf, complaintOf } from "./contract-cases.js";

const casesWith = (options: Partial<ContractOptions<QueueStore>>) =>
  casesOf((runner) =>
    queueStoreContract(runner, {
      createStore: async (environment) => ({ store: memoryQueueStore(environment) }),
      ...options,
    }),
  );

describe("contracts", () => {
  it(
    "run under Node's own test runner, which then fails by the name of the case",
    { timeout: 60_000 },
    async () => {
      const program = fileURLToPath(new URL("./programs/checks-a-queue.ts", import.meta.url));
      const flags = ["--import", "tsx", "--test-reporter", "tap", program];
      const run = promisify(execFile)(process.execPath, flags, { maxBuffer: 64 * 1024 * 1024 });
      const failed: unknown = await run.catch((error: unknown) => error);
      const stdout = String(Reflect.get(Object(failed), "stdout"));
      expect(stdout.match(/^ {8}not ok .*$/gmu)).toEqual([
        "        not ok 3 - wake makes the items of its name claimable, and no others",
        "        not ok 5 - wake knows names in any writing",
        "        not ok 8 - an item waits for the name of its latest release alone",
        "        not ok 10 - an item that was woken takes its place by age",
      ]);
      expect(stdout.match(/^ {8}ok /gmu)?.length).toBeGreaterThan(60);
      expect(stdout).toContain("wake: it must answer how many items it woke, got 0 where 2 is right");
    },
  );

  it("say which promise is broken, what came and what is right", async () => {
    const cases = casesWith({
      async createStore(environment) {
        const store = memoryQueueStore(environment);
        const enqueue: QueueStore["enqueue"] = async (items) =>
          (await store.enqueue(items)).map(({ id }) => ({ id, kind: "queued" }));
        return { store: { ...store, enqueue } };
      },
    });
    const complaint = await complaintOf(cases.get("holds the same page and content once"));
    expect(complaint?.message).toBe(
      'enqueue: the same page and content must answer `duplicate`, got "queued" where "duplicate" is right',
    );
  });

  it("are content with what a store answers in other forms of the same data", async () => {
    const memo = memoryMemo();
    const get = async (key: string) => {
      const found = await memo.get(key);
      return (
        found && { usage: found.usage, text: found.text, finishReason: found.finishReason, extra: undefined }
      );
    };
    const cases = casesOf((runner) =>
      memoContract(runner, { createStore: async () => ({ store: { get, set: memo.set } }) }),
    );
    expect(await complaintOf(cases.get("a completion comes out as it went in"))).toBeUndefined();
  });

  it("leave out what a store says that it cannot do", () => {
    const all = [...casesWith({}).keys()];
    const leftOut = (options: Partial<ContractOptions<QueueStore>>) => {
      const left = casesWith(options);
      return all.filter((name) => !left.has(name));
    };
    expect(leftOut({ isDurable: false })).toContain("woken items stay awake");
    expect(leftOut({ isDurable: false })).not.toContain("one sees what the other has queued");
    expect(leftOut({ isShared: false })).toContain("one sees what the other has queued");
    expect(leftOut({ ownsClock: true })).toEqual([
      "notes when it took an item",
      "ends leases to the millisecond",
      "delays end to the millisecond",
      "note the time of the death",
    ]);
    expect(leftOut({ distinguishesCase: false })).toEqual([
      "takes page ids that differ in case as other pages",
    ]);
  });

  it.each([
    ["reopen", "woken items stay awake", "isDurable: false"],
    ["another", "one sees what the other has queued", "isShared: false"],
  ])("ask for `%s` where a case needs it", async (name, key, option) => {
    const complaint = await complaintOf(casesWith({}).get(key));
    expect(complaint?.message).toContain(`createStore must answer \`${name}\``);
    expect(complaint?.message).toContain(option);
  });

  it("ask for `passTime` from a store with a clock of its own", async () => {
    const complaint = await complaintOf(casesWith({ ownsClock: true }).get("answers the whole item"));
    expect(complaint?.message).toContain("createStore must answer `passTime`");
  });

  it("refuse a lease too short to look at its quarters", () => {
    expect(() => casesWith({ leaseMs: 3 })).toThrow(
      "Invalid option leaseMs: got 3, expected a whole number from 4.",
    );
  });

  it("clear away after every case, also one that has failed", async () => {
    let disposed = 0;
    const cases = casesWith({
      createStore: async (environment) => ({
        store: { ...memoryQueueStore(environment), wake: async () => 0 },
        dispose: async () => {
          disposed++;
        },
      }),
    });
    expect(await complaintOf(cases.get("answers the whole item"))).toBeUndefined();
    expect(await complaintOf(cases.get("wake knows names in any writing"))).toBeDefined();
    expect(disposed).toBe(2);
  });
});

// A database goes by its own clock, and cases may have to wait for it: leases are short then.
durableStoreContract(
  { describe, it },
  {
    name: "a store that owns its clock",
    ...{ isDurable: false, isShared: false, ownsClock: true, leaseMs: 4 },
    async createStore({ randomId }) {
      let now = 77;
      const passTime = async (milliseconds: number) => {
        now += milliseconds;
      };
      return { store: memoryStore({ clock: { now: () => now }, randomId }), passTime };
    },
  },
);
