import { afterEach, describe, expect, it } from "vitest";
import { openaiBatch } from "@gro/openai";
import { virtualClock } from "@gro/summarizer/testing";
import { batchRequests, submissionOf, submitted } from "../../emulators/batch-submission.js";
import { onCalls, startOpenAI, type Fault, type OpenAIEmulator } from "../../emulators/index.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const LISTS = /^\/v1\/batches$/u;
const MINUTE = 60_000;

async function start(fault?: Fault, method = "GET") {
  const clock = virtualClock();
  server = await startOpenAI({
    batches: { now: () => clock.now() },
    ...(fault === undefined ? {} : { cue: onCalls(method, LISTS, fault) }),
  });
  const provider = openaiBatch("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
  return { clock, provider };
}

const lists = () => server.received.filter(({ method, path }) => method === "GET" && LISTS.test(path));

describe("a batch whose creation was not answered", () => {
  it("is found for certain, by the name that it carries", async () => {
    const { clock, provider } = await start({ kind: "lost-after-effect", how: 500 }, "POST");
    const since = clock.now();
    const submission = submissionOf(batchRequests(3), { ref: "gro-ref-9" });
    expect((await provider.submit(submission)).kind).toBe("unknown");
    expect(await provider.find({ ref: "gro-ref-9", since, requestCount: 3 })).toEqual([
      { batchId: server.batches.jobs[0]?.id, isCertain: true },
    ]);
  });

  it("is none of another name, although it is of the same size", async () => {
    const { clock, provider } = await start();
    await submitted(provider, batchRequests(2), "gro-ref-1");
    server.batches.addOthers(3, 2);
    expect(await provider.find({ ref: "gro-ref-2", since: clock.now(), requestCount: 2 })).toEqual([]);
  });
});

describe("the look-up", () => {
  it("goes as far back as the batch by a clock that is an hour ahead of the provider's", async () => {
    const { clock, provider } = await start();
    const since = clock.now() + 60 * MINUTE;
    const id = await submitted(provider, batchRequests(1), "gro-ref-1");
    await clock.advance(20 * MINUTE);
    server.batches.addOthers(150, 2);
    const lookUp = { ref: "gro-ref-1", since, now: clock.now() + 60 * MINUTE, requestCount: 1 };
    expect(await provider.find(lookUp)).toEqual([{ batchId: id, isCertain: true }]);
    expect(lists()).toHaveLength(2);
  });

  it("reads page after page until it has found the batch", async () => {
    const { clock, provider } = await start();
    const since = clock.now();
    const wanted = await submitted(provider, batchRequests(1));
    server.batches.addOthers(250, 1);
    expect(await provider.find({ ref: "gro-ref-1", since, requestCount: 1 })).toEqual([
      { batchId: wanted, isCertain: true },
    ]);
    expect(lists().map(({ query }) => query.get("after"))).toEqual([
      null,
      "other_batch_000152",
      "other_batch_000052",
    ]);
    expect(lists()[0]?.query.get("limit")).toBe("100");
  });

  it("stops where batches are too old, and as soon as it has found what it looks for", async () => {
    const { clock, provider } = await start();
    server.batches.addOthers(150, 1);
    await clock.advance(60 * MINUTE);
    const since = clock.now();
    server.batches.addOthers(10, 1);
    expect(await provider.find({ ref: "gro-ref-1", since, requestCount: 1 })).toEqual([]);
    expect(lists()).toHaveLength(1);
    await submitted(provider, batchRequests(1));
    server.batches.addOthers(20, 1);
    expect(await provider.find({ ref: "gro-ref-1", since, requestCount: 1 })).toHaveLength(1);
    expect(lists()).toHaveLength(2);
  });

  it("reads to the end where a server lists the oldest first", async () => {
    const at = (minutes: number) => Math.floor(Date.UTC(2026, 0, 1) / 1000) + minutes * 60;
    const pages = [
      {
        data: [
          { id: "a", created_at: at(-90) },
          { id: "b", created_at: at(-60) },
        ],
        has_more: true,
      },
      { data: [{ id: "c", created_at: at(1), metadata: { gro_ref: "gro-ref-1" } }], has_more: false },
    ];
    server = await startOpenAI({
      cue: ({ query }) => ({
        ...{ kind: "status", status: 200 },
        body: JSON.stringify(pages[query.get("after") === null ? 0 : 1]),
      }),
    });
    const provider = openaiBatch("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    const since = Date.UTC(2026, 0, 1);
    expect(await provider.find({ ref: "gro-ref-1", since, requestCount: 1 })).toEqual([
      { batchId: "c", isCertain: true },
    ]);
  });

  it("does not go round in circles", async () => {
    const page = { data: [{ id: "batch_1" }], has_more: true };
    const { provider } = await start({ kind: "status", status: 200, body: JSON.stringify(page) });
    expect(await provider.find({ ref: "gro-ref-1", since: 0, requestCount: 1 })).toEqual([]);
    expect(lists()).toHaveLength(2);
  });

  it.each<[string, Fault]>([
    ["a web page", { kind: "wrong-content-type" }],
    ["no JSON", { kind: "malformed-json" }],
    ["an empty object", { kind: "status", status: 200, body: "{}" }],
    ["null", { kind: "status", status: 200, body: "null" }],
  ])(
    "takes %s for an error and not for an empty list, or what exists would be sent again",
    async (_name, fault) => {
      const { provider } = await start(fault);
      await expect(provider.find({ ref: "gro-ref-1", since: 0, requestCount: 1 })).rejects.toMatchObject({
        kind: "malformed_response",
        requestId: "req_emulated_1",
      });
    },
  );
});
