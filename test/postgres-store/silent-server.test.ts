import { Socket } from "node:net";
import { postgresStore } from "@gro/postgres-store";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { testSchema, type TestSchema } from "./support/schemas.js";
import { watchingProxy, type WatchingProxy } from "./support/watching-proxy.js";

let schema: TestSchema;
let proxy: WatchingProxy;

beforeAll(async () => {
  schema = await testSchema();
});
afterAll(() => schema.drop());
beforeEach(async () => {
  proxy = await watchingProxy(inject("databaseUrl"));
  // Sockets go on in real time; minutes of waiting do not.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await proxy.close();
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** What becomes of a call; `undefined` while it is open. */
function watched(call: Promise<unknown>): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: undefined };
  call.then(
    () => (seen.outcome = "done"),
    (error: unknown) => (seen.outcome = error),
  );
  return seen;
}

/** As many turns of the event loop as anything that is not waiting for a timer takes. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe(
  "a store with a pool of its own, when the server is gone without a word",
  { timeout: 20_000 },
  () => {
    it("ends a call after a minute, says that later is better, and can be closed", async () => {
      const store = postgresStore(proxy.url, { schema: schema.name });
      await store.open();
      proxy.fallSilent();
      const call = watched(store.queue.stats());
      await until(() => proxy.sent.includes("count(*)"));
      const closing = watched(store.close());
      vi.advanceTimersByTime(59_999);
      await turns();
      expect([call.outcome, closing.outcome]).toEqual([undefined, undefined]);
      vi.advanceTimersByTime(1);
      await until(() => closing.outcome !== undefined);
      expect(call.outcome).toMatchObject({ code: "store_failed", isRetryable: true });
      expect(closing.outcome).toBe("done");
    });

    it("gives up a connection that is not answered after ten seconds", async () => {
      proxy.fallSilent();
      await using store = postgresStore(proxy.url, { schema: schema.name });
      const call = watched(store.queue.stats());
      await until(() => proxy.sent.includes("gro-summarizer"));
      vi.advanceTimersByTime(9_999);
      await turns();
      expect(call.outcome).toBeUndefined();
      vi.advanceTimersByTime(1);
      await until(() => call.outcome !== undefined);
      expect(call.outcome).toMatchObject({ code: "store_failed", isRetryable: true });
    });

    it("lets the system look after connections on which nothing is said", async () => {
      const keepAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
      await using store = postgresStore(proxy.url, { schema: schema.name });
      await store.open();
      expect(keepAlive.mock.calls.map(([isWanted]) => isWanted)).toContain(true);
    });
  },
);
