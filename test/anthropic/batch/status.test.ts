import { Anthropic } from "@anthropic-ai/sdk";
import { afterEach, describe, expect, it } from "vitest";
import { anthropicBatch, type AnthropicBatchOptions } from "@gro/anthropic";
import { virtualClock } from "@gro/summarizer/testing";
import { batchRequests, submitted, until } from "../../emulators/batch-submission.js";
import {
  onCalls,
  startAnthropic,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
  type Fault,
} from "../../emulators/index.js";
import { everythingOf, rejection } from "../../emulators/question.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

const LOOK = /^\/v1\/messages\/batches\/[^/]+$/u;
const CANCEL = /\/cancel$/u;

async function start(options: AnthropicEmulatorOptions = {}, batchOptions: AnthropicBatchOptions = {}) {
  server = await startAnthropic(options);
  return anthropicBatch("claude-haiku-4-5", {
    ...{ apiKey: server.key, baseURL: server.url },
    ...batchOptions,
  });
}

describe("the status of a batch", () => {
  it("is running with its total, although the API counts all as processing until the end", async () => {
    const provider = await start({ batches: { doneAtLook: 1, endsAfterLooks: 9 } });
    const id = await submitted(provider, batchRequests(3));
    for (let look = 0; look < 3; look += 1) {
      expect(await provider.status(id)).toEqual({ kind: "running", total: 3 });
    }
    expect(server.billing.inBatches.length).toBeGreaterThan(0);
  });

  it("has ended with all counts", async () => {
    const provider = await start({
      batches: {
        outcome: ({ index }) => {
          if (index === 0) return { kind: "errored", type: "api_error", words: "Internal server error" };
          return index === 1 ? { kind: "canceled" } : index === 2 ? { kind: "expired" } : undefined;
        },
      },
    });
    const id = await submitted(provider, batchRequests(5));
    server.batches.endAll();
    expect(await provider.status(id)).toEqual({
      kind: "ended",
      endedAt: expect.any(Number) as number,
      counts: { succeeded: 2, errored: 1, canceled: 1, expired: 1 },
    });
  });

  it("is missing just after its creation, and found later", async () => {
    const provider = await start({ batches: { lateLooks: 2 } });
    const id = await submitted(provider, batchRequests(1));
    expect(await provider.status(id)).toEqual({ kind: "missing" });
    expect(await provider.status(id)).toEqual({ kind: "missing" });
    expect(await provider.status(id)).toEqual({ kind: "running", total: 1 });
  });

  it("is missing for ever once it has vanished", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(1));
    server.batches.vanish(id);
    expect(await provider.status(id)).toEqual({ kind: "missing" });
    expect(await provider.status("msgbatch_never")).toEqual({ kind: "missing" });
  });

  it("is not taken for missing when there is no API at all", async () => {
    const headers = { "content-type": "text/html" };
    const page: Fault = { kind: "status", status: 404, body: "<html><body>Not here</body></html>", headers };
    const provider = await start({ cue: onCalls("GET", LOOK, page) });
    await expect(provider.status("msgbatch_1")).rejects.toMatchObject({
      kind: "model_not_found",
      status: 404,
    });
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

  it("has ended when its time is up, with what was done by then", async () => {
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

  it.each<[string, string]>([
    ["an empty object", "{}"],
    ["null", "null"],
    ["a text", '"in_progress"'],
  ])("is an error when the answer is %s", async (_name, body) => {
    const provider = await start({ cue: onCalls("GET", LOOK, { kind: "status", status: 200, body }) });
    await expect(provider.status("msgbatch_1")).rejects.toMatchObject({ kind: "malformed_response" });
  });

  it("may have no counts", async () => {
    const told = (status: string) => JSON.stringify({ id: "msgbatch_1", processing_status: status });
    const provider = await start({
      cue: onCalls("GET", LOOK, { kind: "status", status: 200, body: told("ended") }),
    });
    expect(await provider.status("msgbatch_1")).toEqual({ kind: "ended", counts: null });
  });
});

describe("a question about a batch that cannot be answered", () => {
  it.each<[string, Fault, object]>([
    ["the server fails", { kind: "status", status: 500 }, { kind: "server_error", isRetryable: true }],
    ["it is overloaded", { kind: "status", status: 529 }, { kind: "overloaded", isRetryable: true }],
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
      provider.status("msgbatch_1"),
      provider.cancel("msgbatch_1"),
      provider.find({ ref: "ref", since: 0, requestCount: 1 }),
    ];
    for (const one of await Promise.all(asked.map(rejection))) {
      expect(one).toMatchObject({ code: "model_failed", provider: "anthropic", ...expected });
      expect(everythingOf(one)).not.toContain(server.key);
    }
    expect(server.received).toHaveLength(3);
  });

  it("is given up after a time, and when the caller wants it", async () => {
    const clock = virtualClock();
    const provider = await start({ cue: () => ({ kind: "hang" }) }, { clock, callTimeoutMs: 900 });
    const late = rejection(provider.status("msgbatch_1"));
    await until(() => server.received.length === 1);
    await clock.advance(900);
    expect(await late).toMatchObject({ kind: "timed_out", isRetryable: true });

    const controller = new AbortController();
    const stopped = rejection(provider.status("msgbatch_1", controller.signal));
    await until(() => server.received.length === 2);
    const reason = { the: "caller's own reason" };
    controller.abort(reason);
    expect(await stopped).toBe(reason);
    await server.idle();
    expect(server.abandoned).toHaveLength(2);
    expect(clock.sleeping).toBe(0);
  });

  it("is asked once by a client that is set to retry", async () => {
    const server_ = await startAnthropic({ cue: () => ({ kind: "status", status: 529 }) });
    server = server_;
    const client = new Anthropic({ apiKey: server.key, baseURL: server.url, maxRetries: 5 });
    await rejection(anthropicBatch("claude-haiku-4-5", { client }).status("msgbatch_1"));
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
    await provider.cancel("msgbatch_never");
    server.batches.vanish(id);
    await provider.cancel(id);
  });

  it("is no error on a conflict, and one when a batch that runs is said to be cancelled in the wrong way", async () => {
    const provider = await start({ cue: onCalls("POST", CANCEL, { kind: "status", status: 409 }, 1) });
    const id = await submitted(provider, batchRequests(1));
    await provider.cancel(id);
    await server.close();
    const other = await start({ cue: onCalls("POST", CANCEL, { kind: "status", status: 400 }) });
    const running = await submitted(other, batchRequests(1));
    await expect(other.cancel(running)).rejects.toMatchObject({ kind: "invalid_request", status: 400 });
  });
});
