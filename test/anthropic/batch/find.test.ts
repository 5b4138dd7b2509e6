import { afterEach, describe, expect, it } from "vitest";
import { anthropicBatch } from "@gro/anthropic";
import { virtualClock } from "@gro/summarizer/testing";
import { batchRequests, resultsOf, submissionOf, submitted } from "../../emulators/batch-submission.js";
import { onCalls, startAnthropic, type AnthropicEmulator, type Fault } from "../../emulators/index.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

const LISTS = /^\/v1\/messages\/batches$/u;
const MINUTE = 60_000;

async function start(fault?: Fault, method = "GET") {
  const clock = virtualClock();
  server = await startAnthropic({
    batches: { now: () => clock.now() },
    ...(fault === undefined ? {} : { cue: onCalls(method, LISTS, fault) }),
  });
  const provider = anthropicBatch("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url });
  return { clock, provider };
}

const lists = () => server.received.filter(({ method, path }) => method === "GET" && LISTS.test(path));

describe("a batch whose creation was not answered", () => {
  it("is found by its size and time, and known by the custom_ids in its results", async () => {
    const { clock, provider } = await start({ kind: "lost-after-effect", how: "cut" }, "POST");
    const since = clock.now();
    const requests = batchRequests(3);
    expect((await provider.submit(submissionOf(requests))).kind).toBe("unknown");

    const found = await provider.find({ ref: "gro-ref-1", since, requestCount: 3 });
    expect(found).toEqual([{ batchId: server.batches.jobs[0]?.id, isCertain: false }]);
    server.batches.endAll();
    const results = await resultsOf(provider, found[0]?.batchId ?? "");
    expect([...results.keys()].sort()).toEqual(requests.map(({ key }) => key).sort());
  });

  it("is found after it has ended, too", async () => {
    const { clock, provider } = await start();
    const id = await submitted(provider, batchRequests(2));
    server.batches.endAll();
    expect(await provider.find({ ref: "", since: clock.now(), requestCount: 2 })).toEqual([
      { batchId: id, isCertain: false },
    ]);
  });

  it("is none of another size, or of an earlier time than the clocks may differ", async () => {
    const { clock, provider } = await start();
    await submitted(provider, batchRequests(2));
    const since = clock.now();
    expect(await provider.find({ ref: "", since, requestCount: 3 })).toEqual([]);
    expect(await provider.find({ ref: "", since: since + 6 * MINUTE, requestCount: 2 })).toEqual([]);
    expect(await provider.find({ ref: "", since: since + 4 * MINUTE, requestCount: 2 })).toHaveLength(1);
  });

  it.each([
    ["an hour ahead", 60],
    ["an hour behind", -60],
  ])("is found by a worker whose clock is %s, and no earlier one for it", async (_name, minutes) => {
    const { clock, provider } = await start();
    await submitted(provider, batchRequests(2));
    await clock.advance(20 * MINUTE);
    const ours = (time: number) => time + minutes * MINUTE;
    const since = ours(clock.now());
    const id = await submitted(provider, batchRequests(2));
    await clock.advance(2 * MINUTE);
    const lookUp = { ref: "", since, now: ours(clock.now()), requestCount: 2 };
    expect(await provider.find(lookUp)).toEqual([{ batchId: id, isCertain: false }]);
  });

  it("is found by a worker whose clock was set back in between", async () => {
    const { clock, provider } = await start();
    const since = clock.now();
    const id = await submitted(provider, batchRequests(2));
    await clock.advance(20 * MINUTE);
    const lookUp = { ref: "", since, now: since - 60 * MINUTE, requestCount: 2 };
    expect(await provider.find(lookUp)).toEqual([{ batchId: id, isCertain: false }]);
  });

  it("is likeliest the one that was created soonest after the intent", async () => {
    const { clock, provider } = await start();
    const before = await submitted(provider, batchRequests(2));
    await clock.advance(3 * MINUTE);
    const since = clock.now();
    await clock.advance(1_000);
    const soon = await submitted(provider, batchRequests(2));
    await clock.advance(60 * MINUTE);
    const late = await submitted(provider, batchRequests(2));
    const found = await provider.find({ ref: "", since, requestCount: 2 });
    expect(found.map(({ batchId }) => batchId)).toEqual([soon, before, late]);
  });

  it("is not there when there is none", async () => {
    const { provider } = await start();
    expect(await provider.find({ ref: "", since: 0, requestCount: 1 })).toEqual([]);
  });
});

describe("the look-up", () => {
  it("reads page after page, and no further than it must", async () => {
    const { clock, provider } = await start();
    await submitted(provider, batchRequests(2));
    await clock.advance(60 * MINUTE);
    const since = clock.now();
    const wanted = await submitted(provider, batchRequests(2));
    server.batches.addOthers(250, 1);
    const found = await provider.find({ ref: "", since, requestCount: 2 });
    expect(found).toEqual([{ batchId: wanted, isCertain: false }]);
    expect(lists()).toHaveLength(3);
    const [first, second] = lists();
    expect(first?.query.get("after_id")).toBeNull();
    expect(second?.query.get("after_id")).toBe("other_batch_000153");
    expect(first?.query.get("limit")).toBe("100");
  });

  it("stops at the first page that is old enough", async () => {
    const { clock, provider } = await start();
    server.batches.addOthers(150, 1);
    await clock.advance(60 * MINUTE);
    expect(await provider.find({ ref: "", since: clock.now(), requestCount: 1 })).toEqual([]);
    expect(lists()).toHaveLength(1);
  });

  it("does not go round in circles", async () => {
    const page = { data: [{ id: "msgbatch_1" }], has_more: true, last_id: "msgbatch_1" };
    const { provider } = await start({ kind: "status", status: 200, body: JSON.stringify(page) });
    expect(await provider.find({ ref: "", since: 0, requestCount: 1 })).toEqual([]);
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
      await expect(provider.find({ ref: "", since: 0, requestCount: 1 })).rejects.toMatchObject({
        kind: "malformed_response",
        requestId: "req_emulated_1",
      });
    },
  );
});
