import { Anthropic } from "@anthropic-ai/sdk";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { anthropic, anthropicBatch, type AnthropicBatchOptions } from "@gro/anthropic";
import { virtualClock } from "@gro/summarizer/testing";
import {
  batchRequest,
  batchRequests,
  submissionOf,
  submitted,
  until,
} from "../../emulators/batch-submission.js";
import {
  hashOfBody,
  onCalls,
  startAnthropic,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
  type Fault,
} from "../../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, question, rejection } from "../../emulators/question.js";
import { anyText } from "../../support/any-text.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

const MODEL = "claude-haiku-4-5";
const CREATE = [/^\/v1\/messages\/batches$/u] as const;

async function start(fault?: Fault, options: AnthropicEmulatorOptions = {}) {
  server = await startAnthropic({
    ...options,
    ...(fault === undefined ? {} : { cue: onCalls("POST", ...CREATE, fault) }),
  });
  return server;
}

function provider(options: AnthropicBatchOptions = {}, model = MODEL) {
  return anthropicBatch(model, { apiKey: server.key, baseURL: server.url, ...options });
}

const status = (code: number, rest: Partial<Extract<Fault, { kind: "status" }>> = {}): Fault => ({
  ...{ kind: "status", status: code },
  ...rest,
});

describe("a batch of Anthropic", () => {
  it("has the live model's id, whatever its settings are, so that both share a memo", async () => {
    await start();
    for (const options of [{}, { temperature: 0.2 }, { reasoningTokens: 500 }]) {
      const given = { apiKey: server.key, ...options };
      expect(anthropicBatch(MODEL, given).modelId).toBe(anthropic(MODEL, given).id);
    }
    expect(provider().id).toBe("anthropic");
    expect(provider({ contextTokens: 9_000 }).contextTokens).toBe(9_000);
  });

  it("sends exactly the bodies that the live model sends", async () => {
    await start();
    const options = { reasoningTokens: 300 };
    const requests = batchRequests(3);
    await submitted(provider(options), requests);
    const live = anthropic(MODEL, { apiKey: server.key, baseURL: server.url, ...options });
    for (const { request } of requests) await live.generate(request);
    server.batches.endAll();

    const hashes = server.billing.bills.map(({ bodyHash }) => bodyHash);
    expect(server.billing.inBatches).toHaveLength(3);
    // The batch was billed last, for the same three bodies.
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3));
    const [first] = server.batches.jobs[0]?.requests ?? [];
    expect(hashOfBody(first?.body ?? {})).toBe(hashes[0]);
  });

  it("carries the step keys as custom_ids, and no sampling settings by themselves", async () => {
    await start();
    const requests = batchRequests(2);
    await submitted(provider(), requests);
    const [job] = server.batches.jobs;
    expect(job?.customIds).toEqual(requests.map(({ key }) => key));
    expect(Object.keys(job?.requests[0]?.body ?? {}).sort()).toEqual(
      ["max_tokens", "messages", "model", "system", "thinking"].sort(),
    );
    expect(server.received[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "anthropic-version": "2026-10-21",
      authorization: `Bearer ${server.key}`,
    });
  });

  it("keeps to the limits that are told, and to the caller's", async () => {
    await start();
    expect(provider().limits).toEqual({
      maxRequests: 100_000,
      maxBytes: 256_000_000,
      keepsResultsMs: 29 * 86_400_000,
    });
    // More than the provider takes would only be found when it turns the batch down.
    const { limits } = provider();
    for (const option of ["maxRequests", "maxBytes"] as const) {
      expect(provider({ [option]: limits[option] }).limits).toEqual(limits);
      expect(() => provider({ [option]: limits[option] + 1 })).toThrow(
        expect.objectContaining({ code: "invalid_option", option }),
      );
    }
    expect(provider({ maxRequests: 7, maxBytes: 900 }).limits).toEqual({
      maxRequests: 7,
      maxBytes: 900,
      keepsResultsMs: 29 * 86_400_000,
    });
    for (const option of [
      "maxRequests",
      "maxBytes",
      "submitTimeoutMs",
      "callTimeoutMs",
      "silenceTimeoutMs",
    ]) {
      expect(() => provider({ [option]: 0 })).toThrow(
        expect.objectContaining({ code: "invalid_option", option }),
      );
    }
  });

  it("can be one of another model of the account", async () => {
    await start();
    const other = provider({ reasoningTokens: 50 }).withModel?.("claude-opus-5");
    expect(other?.modelId).toBe("anthropic:claude-opus-5;reasoningTokens=50");
    if (other !== undefined) await submitted(other, batchRequests(1));
    expect(server.batches.jobs[0]?.requests[0]?.body["model"]).toBe("claude-opus-5");
  });

  it("is not made without a key, or with a client whose API has no batches", async () => {
    await start();
    expect(() => anthropicBatch(MODEL)).toThrow(expect.objectContaining({ kind: "credentials_missing" }));
    const live = { messages: { create: new Anthropic({ apiKey: "sk-ant" }).messages.create } };
    expect(() => anthropicBatch(MODEL, { client: live as never })).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "client" }),
    );
  });

  it("without a request is a mistake of the caller's", async () => {
    await start();
    await expect(provider().submit(submissionOf([]))).rejects.toMatchObject({ code: "invalid_option" });
    expect(server.received).toHaveLength(0);
  });
});

describe("the size of a request", () => {
  it("is never less than its share of what is sent, and hardly more", async () => {
    await start();
    let sent = 0;
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      sent = (await new Response(init?.body).arrayBuffer()).byteLength;
      return Response.json({ id: "msgbatch_1" });
    };
    const batches = provider({ fetch });
    const text = anyText(200);
    const request = fc.record({
      system: text,
      prompt: text,
      maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 6 }), async (contents) => {
        const requests = contents.map((content, index) => batchRequest(index, content));
        expect(await batches.submit(submissionOf(requests))).toMatchObject({ kind: "created" });
        const sizes = requests.map((one) => batches.sizeOf(one)).reduce((sum, size) => sum + size, 0);
        expect(sizes).toBeGreaterThanOrEqual(sent);
        expect(sizes).toBeLessThanOrEqual(sent + requests.length * 20);
      }),
    );
  });
});

describe("a submission is sent once", () => {
  const LOST: readonly (readonly [string, Fault, string])[] = [
    ["the connection is cut before it has an effect", { kind: "cut-before-headers" }, "connection_lost"],
    [
      "the connection is cut after the batch exists",
      { kind: "lost-after-effect", how: "cut" },
      "connection_lost",
    ],
    ["the answer is cut", { kind: "cut-mid-body" }, "connection_lost"],
    ["the server fails after the batch exists", { kind: "lost-after-effect", how: 500 }, "server_error"],
    [
      "the server is overloaded after the batch exists",
      { kind: "lost-after-effect", how: 529 },
      "overloaded",
    ],
    ["a gateway gives up after the batch exists", { kind: "lost-after-effect", how: 504 }, "timed_out"],
    ["something on the way gives up", { kind: "lost-after-effect", how: 408 }, "timed_out"],
    ["there is a conflict", { kind: "lost-after-effect", how: 409 }, "server_error"],
    ["the server fails", status(500), "server_error"],
    ["a bad gateway answers", status(502, { body: "<html><body>Bad gateway</body></html>" }), "server_error"],
    ["the answer is no JSON", { kind: "malformed-json" }, "malformed_response"],
    ["the answer is a web page", { kind: "wrong-content-type" }, "malformed_response"],
    ["the answer is no batch", status(200, { body: "{}" }), "malformed_response"],
    ["the answer is null", status(200, { body: "null" }), "malformed_response"],
  ];

  it.each(LOST)("and it is unknown what became of it when %s", async (_name, fault, kind) => {
    await start(fault);
    const outcome = await provider().submit(submissionOf(batchRequests(2)));
    expect(outcome).toMatchObject({ kind: "unknown", failure: { kind } });
    if (fault.kind !== "cut-before-headers" && fault.kind !== "cut-mid-body" && kind !== "connection_lost") {
      expect(outcome).toMatchObject({ failure: { requestId: "req_emulated_1" } });
    }
    expect(server.received).toHaveLength(1);
    expect(server.batches.jobs.length).toBeLessThanOrEqual(1);
    expect(everythingOf(outcome)).not.toContain(server.key);
  });

  const REFUSED: readonly (readonly [string, Fault, object])[] = [
    ["a wrong key", status(401), { kind: "credentials_refused", status: 401 }],
    ["no permission", status(403), { kind: "permission_denied", status: 403 }],
    ["an unknown path", status(404), { kind: "model_not_found", status: 404 }],
    ["an invalid request", status(400, { words: "requests.0.custom_id: no" }), { kind: "invalid_request" }],
    [
      "no credit, as an invalid request",
      status(400, { words: "Your credit balance is too low to access the Anthropic API." }),
      { kind: "out_of_credit", status: 400 },
    ],
    ["no credit, as a billing error", status(402), { kind: "out_of_credit", status: 402 }],
    ["a batch that is too large", status(413), { kind: "prompt_too_long", status: 413 }],
    [
      "a rate limit",
      status(429, { headers: { "retry-after": "30" } }),
      { kind: "rate_limited", status: 429, retryAfterMs: 30_000 },
    ],
  ];

  it.each(REFUSED)("and there is no batch after %s", async (_name, fault, failure) => {
    await start(fault);
    const outcome = await provider().submit(submissionOf(batchRequests(2)));
    expect(outcome).toMatchObject({
      kind: "refused",
      failure: {
        ...failure,
        requestId: "req_emulated_1",
        message: expect.stringContaining("req_emulated_1") as string,
      },
    });
    expect(server.received).toHaveLength(1);
    expect(everythingOf(outcome)).not.toContain(server.key);
  });

  it("says of a batch that is too large what to change", async () => {
    await start(undefined, { batches: { maxRequests: 2 } });
    const outcome = await provider().submit(submissionOf(batchRequests(3)));
    expect(outcome).toMatchObject({
      kind: "refused",
      failure: { message: expect.stringMatching(/lower maxRequests or maxBytes/) as string },
    });
  });

  it("also by a client that is set to retry, and to hurry", async () => {
    await start({ kind: "lost-after-effect", how: "cut" });
    const client = new Anthropic({ apiKey: server.key, baseURL: server.url, maxRetries: 5, timeout: 20 });
    const outcome = await anthropicBatch(MODEL, { client }).submit(submissionOf(batchRequests(2)));
    expect(outcome.kind).toBe("unknown");
    expect(server.received).toHaveLength(1);
    expect(server.batches.jobs).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({ "x-stainless-timeout": "2147483" });
  });

  it("and given up when no answer comes: nobody knows what became of it", async () => {
    await start({ kind: "lost-after-effect", how: "hang" });
    const clock = virtualClock();
    const submission = provider({ clock, submitTimeoutMs: 5_000 }).submit(submissionOf(batchRequests(2)));
    await until(() => server.batches.jobs.length === 1);
    await clock.advance(4_999);
    await clock.advance(1);
    expect(await submission).toMatchObject({
      kind: "unknown",
      failure: { kind: "timed_out", message: expect.stringContaining("5000 ms") as string },
    });
    expect(clock.sleeping).toBe(0);
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("and stopped by the caller: unknown when it was under way, refused when it was not", async () => {
    await start({ kind: "hang" });
    const controller = new AbortController();
    const { signal } = controller;
    const submission = provider().submit(submissionOf(batchRequests(2), { signal }));
    await until(() => server.received.length === 1);
    controller.abort(new Error("Shutting down"));
    expect((await submission).kind).toBe("unknown");
    expect(await provider().submit(submissionOf(batchRequests(2), { signal }))).toMatchObject({
      kind: "refused",
    });
    expect(server.received).toHaveLength(1);
  });

  it("and there is no batch when nobody listens: nothing can have been sent", async () => {
    await start();
    await server.close();
    const outcome = await provider().submit(submissionOf(batchRequests(1)));
    expect(outcome).toMatchObject({
      kind: "refused",
      failure: {
        kind: "connection_lost",
        message: expect.stringMatching(/nothing answers .*ECONNREFUSED.*[.?]$/u) as string,
      },
    });
    server = await startAnthropic();
  });

  it("and there is no batch when there is no such host", async () => {
    await start();
    const outcome = await provider({ baseURL: "http://nobody.invalid" }).submit(
      submissionOf(batchRequests(1)),
    );
    expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "connection_lost" } });
  });

  it("and names an option that batches have when there are too many requests", async () => {
    await start(undefined, { batches: { queueLimit: 2 } });
    const outcome = await provider().submit(submissionOf(batchRequests(3)));
    expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "rate_limited" } });
    const told = everythingOf(outcome);
    expect(told).toContain("lower maxRequests; the provider says: Your organization");
    expect(told).not.toContain("maxConcurrency");
  });

  it("and told in sentences that others can follow", async () => {
    await start({ kind: "lost-after-effect", how: "cut" });
    const outcome = await provider().submit(submissionOf(batchRequests(1)));
    expect(outcome).toMatchObject({
      kind: "unknown",
      failure: { message: expect.stringMatching(/was lost before the answer was complete.*\.$/u) as string },
    });
  });
});

it("an error shows nothing of the content, even when the server repeats it", async () => {
  await start(status(400, { words: `requests.0.params.messages: "${question().prompt.slice(60, 200)}"` }));
  const quoted = await provider().submit(submissionOf(batchRequests(1)));
  expect(everythingOf(quoted)).not.toContain(CONTENT_SAMPLE);
  await server.close();
  await start(status(422, { body: JSON.stringify({ detail: [{ input: question().prompt }] }) }));
  const sentBack = await provider().submit(submissionOf(batchRequests(1)));
  expect(sentBack).toMatchObject({ kind: "refused", failure: { kind: "invalid_request" } });
  expect(everythingOf(sentBack)).not.toContain(CONTENT_SAMPLE);
});

it("the base URL may have /v1 at its end", async () => {
  await start();
  await submitted(provider({ baseURL: `${server.url}/v1/` }), batchRequests(1));
  expect(server.received[0]?.path).toBe("/v1/messages/batches");
});

it("out of credit until it is refilled", async () => {
  await start();
  server.credit.set(0);
  const outcome = await provider().submit(submissionOf(batchRequests(1)));
  expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "out_of_credit" } });
  server.credit.refill();
  await submitted(provider(), batchRequests(1));
});

it("keys that the server does not take are shown nowhere", async () => {
  await start();
  const apiKey = "sk-ant-secret-of-the-user-4711";
  const outcome = await provider({ apiKey }).submit(submissionOf(batchRequests(1)));
  expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "credentials_refused" } });
  expect(everythingOf(outcome)).not.toMatch(/4711/);
  expect(
    everythingOf(await rejection(provider({ apiKey }).find({ ref: "", since: 0, requestCount: 1 }))),
  ).not.toMatch(/4711/);
});
