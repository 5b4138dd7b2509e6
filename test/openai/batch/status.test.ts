import { OpenAI } from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { openaiBatch, type OpenAIBatchOptions } from "@gro/openai";
import { virtualClock } from "@gro/summarizer/testing";
import { batchRequest, batchRequests, submitted, until } from "../../emulators/batch-submission.js";
import {
  onCalls,
  startOpenAI,
  type Fault,
  type OpenAIEmulator,
  type OpenAIEmulatorOptions,
} from "../../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, rejection } from "../../emulators/question.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const MODEL = "gpt-4o-mini";
const LOOK = /^\/v1\/batches\/[^/]+$/u;
const CANCEL = /\/cancel$/u;

async function start(options: OpenAIEmulatorOptions = {}, batchOptions: OpenAIBatchOptions = {}) {
  server = await startOpenAI(options);
  return openaiBatch(MODEL, { apiKey: server.key, baseURL: server.url, ...batchOptions });
}

const told = (batch: object): Fault => ({
  ...{ kind: "status", status: 200 },
  body: JSON.stringify({ id: "batch_1", object: "batch", ...batch }),
});

describe("the status of a batch", () => {
  it("is running until the results are there, with its total once it has been read", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(3));
    expect(await provider.status(id)).toEqual({ kind: "running", total: null });
    server.batches.advance();
    expect(await provider.status(id)).toEqual({ kind: "running", total: 3 });
    server.batches.advance();
    expect(await provider.status(id)).toEqual({ kind: "running", total: 3 });
    server.batches.advance();
    expect(await provider.status(id)).toEqual({
      kind: "ended",
      endedAt: expect.any(Number) as number,
      counts: { succeeded: 3, errored: 0, canceled: 0, expired: 0 },
    });
  });

  it("has ended with what the API counts, also when all have failed", async () => {
    const error = { kind: "errored", status: 500, type: "server_error", words: "Sorry" } as const;
    const provider = await start({ batches: { outcome: () => error } });
    const id = await submitted(provider, batchRequests(2));
    server.batches.endAll();
    expect(await provider.status(id)).toEqual({
      kind: "ended",
      endedAt: expect.any(Number) as number,
      counts: { succeeded: 0, errored: 2, canceled: 0, expired: 0 },
    });
  });

  it("has ended when its time is up: what is not counted otherwise is expired", async () => {
    const clock = virtualClock();
    const provider = await start({ batches: { now: () => clock.now() } });
    const id = await submitted(provider, batchRequests(4));
    server.batches.process(id, 3);
    await clock.advance(24 * 3_600_000);
    expect(await provider.status(id)).toEqual({
      kind: "ended",
      endedAt: clock.now(),
      counts: { succeeded: 3, errored: 0, canceled: 0, expired: 1 },
    });
  });

  it.each<[string, object, object]>([
    ["validating", {}, { kind: "running", total: null }],
    ["in_progress", { request_counts: { total: 5, completed: 1, failed: 0 } }, { kind: "running", total: 5 }],
    ["finalizing", {}, { kind: "running", total: null }],
    ["cancelling", {}, { kind: "running", total: null }],
    ["something_new", {}, { kind: "running", total: null }],
    ["completed", {}, { kind: "ended", counts: null }],
    ["completed", { request_counts: { total: 0, completed: 0, failed: 0 } }, { kind: "ended", counts: null }],
    ["completed", { request_counts: null }, { kind: "ended", counts: null }],
    [
      "cancelled",
      { request_counts: { total: 5, completed: 2, failed: 1 } },
      { kind: "ended", counts: { succeeded: 2, errored: 1, canceled: 2, expired: 0 } },
    ],
    [
      "expired",
      { request_counts: { total: 5, completed: 2, failed: 3 } },
      { kind: "ended", counts: { succeeded: 2, errored: 3, canceled: 0, expired: 0 } },
    ],
  ])("%s with %j is told as such", async (status, more, expected) => {
    const provider = await start({ cue: onCalls("GET", LOOK, told({ status, ...more })) });
    expect(await provider.status("batch_1")).toEqual(expected);
  });

  it("is missing just after its creation, and for ever once it has vanished", async () => {
    const provider = await start({ batches: { lateLooks: 1 } });
    const id = await submitted(provider, batchRequests(1));
    expect(await provider.status(id)).toEqual({ kind: "missing" });
    expect(await provider.status(id)).toMatchObject({ kind: "running" });
    server.batches.vanish(id);
    expect(await provider.status(id)).toEqual({ kind: "missing" });
  });

  it("is not taken for missing when there is no API at all", async () => {
    const headers = { "content-type": "text/html" };
    const page: Fault = { kind: "status", status: 404, body: "<html><body>Not here</body></html>", headers };
    const provider = await start({ cue: onCalls("GET", LOOK, page) });
    await expect(provider.status("batch_1")).rejects.toMatchObject({ kind: "model_not_found", status: 404 });
  });

  it.each([
    ["no JSON", "Not Found", "text/plain"],
    ["a page that is not told as one", "<html><body>Not here</body></html>", "application/json"],
    ["JSON of something on the way", '{"detail":"Not Found"}', "application/json"],
    ["nothing", "", "application/json"],
    [
      "about the address",
      '{"error":{"type":"invalid_request_error","message":"Invalid URL (GET /x)"}}',
      "application/json",
    ],
  ])("is not taken for missing when what answers 404 is %s", async (_name, body, type) => {
    const fault: Fault = { kind: "status", status: 404, body, headers: { "content-type": type } };
    const provider = await start({ cue: onCalls("GET", LOOK, fault) });
    await expect(provider.status("batch_1")).rejects.toMatchObject({ name: "ModelError", status: 404 });
  });

  it.each(["{}", "null", '"completed"'])("is an error when the answer is %s", async (body) => {
    const provider = await start({ cue: onCalls("GET", LOOK, { kind: "status", status: 200, body }) });
    await expect(provider.status("batch_1")).rejects.toMatchObject({
      kind: "malformed_response",
      requestId: "req_emulated_1",
    });
  });
});

describe("a batch that is turned down after it was created", () => {
  it("over the limit of waiting tokens: later, and less", async () => {
    const provider = await start({ batches: { queueLimit: 500 } });
    const first = await submitted(provider, [batchRequest(1)]);
    server.batches.advance();
    const second = await submitted(provider, batchRequests(2));
    server.batches.advance();
    expect(await provider.status(second)).toMatchObject({
      kind: "failed",
      failure: { kind: "rate_limited", message: expect.stringMatching(/less at a time/) as string },
    });
    // There is room again when others have ended.
    server.batches.endAll(first);
    const third = await submitted(provider, [batchRequest(2)]);
    server.batches.endAll();
    expect(await provider.status(third)).toMatchObject({ kind: "ended" });
  });

  it("of a model that there is not", async () => {
    const provider = await start({}, {});
    const other = provider.withModel?.("gpt-9") ?? provider;
    const id = await submitted(other, batchRequests(1));
    server.batches.advance();
    expect(await other.status(id)).toMatchObject({ kind: "failed", failure: { kind: "model_not_found" } });
  });

  it("with two requests of one name", async () => {
    const provider = await start();
    const id = await submitted(provider, [batchRequest(1), batchRequest(1)]);
    server.batches.advance();
    expect(await provider.status(id)).toMatchObject({ kind: "failed", failure: { kind: "invalid_request" } });
  });

  it.each<[object | null, object]>([
    [[{ code: "billing_hard_limit_reached", message: "Billing hard limit" }], { kind: "out_of_credit" }],
    [[{ code: "insufficient_quota", message: "You exceeded" }], { kind: "out_of_credit" }],
    [[{ code: "invalid_json_line", message: "Line 3", line: 3 }], { kind: "invalid_request" }],
    [[{ code: "something_new", message: "Why" }], { kind: "invalid_request" }],
    [[{ code: "server_error", message: "Sorry" }], { kind: "server_error" }],
    [[{ code: "internal_error", message: "Sorry" }], { kind: "server_error" }],
    [[], { kind: "invalid_request" }],
    [null, { kind: "invalid_request" }],
  ])("for %j", async (data, failure) => {
    const errors = data === null ? null : { object: "list", data };
    const provider = await start({ cue: onCalls("GET", LOOK, told({ status: "failed", errors })) });
    expect(await provider.status("batch_1")).toMatchObject({ kind: "failed", failure });
  });

  it("does not show the content that the server quotes", async () => {
    const data = [{ code: "invalid_json_line", message: `Line 1 is not JSON: "${CONTENT_SAMPLE}"` }];
    const provider = await start({ cue: onCalls("GET", LOOK, told({ status: "failed", errors: { data } })) });
    expect(JSON.stringify(await provider.status("batch_1"))).not.toContain(CONTENT_SAMPLE.slice(2, 30));
  });
});

describe("a question about a batch that cannot be answered", () => {
  it.each<[string, Fault, object]>([
    ["the server fails", { kind: "status", status: 500 }, { kind: "server_error", isRetryable: true }],
    ["the connection is cut", { kind: "cut-before-headers" }, { kind: "connection_lost", isRetryable: true }],
    [
      "the key is refused",
      { kind: "status", status: 401 },
      { kind: "credentials_refused", isRetryable: false },
    ],
    [
      "there are too many",
      { kind: "status", status: 429, headers: { "retry-after": "3" } },
      { kind: "rate_limited", isRetryable: true, retryAfterMs: 3_000 },
    ],
  ])("rejects once, with a ModelError, when %s", async (_name, fault, expected) => {
    const provider = await start({ cue: () => fault });
    const asked = [
      provider.status("batch_1"),
      provider.cancel("batch_1"),
      provider.find({ ref: "ref", since: 0, requestCount: 1 }),
    ];
    for (const one of await Promise.all(asked.map(rejection))) {
      expect(one).toMatchObject({ code: "model_failed", provider: "openai", ...expected });
      expect(everythingOf(one)).not.toContain(server.key);
    }
    expect(server.received).toHaveLength(3);
  });

  it("is given up after a time, and when the caller wants it", async () => {
    const clock = virtualClock();
    const provider = await start({ cue: () => ({ kind: "hang" }) }, { clock, callTimeoutMs: 900 });
    const late = rejection(provider.status("batch_1"));
    await until(() => server.received.length === 1);
    await clock.advance(900);
    expect(await late).toMatchObject({ kind: "timed_out", isRetryable: true });

    const controller = new AbortController();
    const stopped = rejection(provider.status("batch_1", controller.signal));
    await until(() => server.received.length === 2);
    const reason = { the: "caller's own reason" };
    controller.abort(reason);
    expect(await stopped).toBe(reason);
    await server.idle();
    expect(server.abandoned).toHaveLength(2);
  });

  it("is asked once by a client that is set to retry", async () => {
    server = await startOpenAI({ cue: () => ({ kind: "status", status: 500 }) });
    const client = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1`, maxRetries: 5 });
    await rejection(openaiBatch(MODEL, { client }).status("batch_1"));
    expect(server.received).toHaveLength(1);
  });
});

describe("cancelling", () => {
  it("keeps what is done and leaves the rest", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(4));
    server.batches.process(id, 1);
    await provider.cancel(id);
    expect(await provider.status(id)).toEqual({ kind: "running", total: 4 });
    server.batches.advance();
    expect(await provider.status(id)).toMatchObject({ counts: { succeeded: 1, canceled: 3 } });
    expect(server.billing.inBatches).toHaveLength(1);
  });

  it("is no error when there is nothing to cancel", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(1));
    await provider.cancel(id);
    await provider.cancel(id);
    server.batches.endAll();
    await provider.cancel(id);
    await provider.cancel("batch_never");
  });

  it("is one when a batch that runs is said to be cancelled in the wrong way", async () => {
    const provider = await start({ cue: onCalls("POST", CANCEL, { kind: "status", status: 400 }) });
    const id = await submitted(provider, batchRequests(1));
    await expect(provider.cancel(id)).rejects.toMatchObject({ kind: "invalid_request", status: 400 });
    server.batches.endAll();
    await provider.cancel(id);
  });
});
