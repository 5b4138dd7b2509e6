import fc from "fast-check";
import { OpenAI } from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { openai, openaiBatch, type OpenAIBatchOptions } from "@gro/openai";
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
  startOpenAI,
  type Fault,
  type OpenAIEmulator,
  type OpenAIEmulatorOptions,
} from "../../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, question } from "../../emulators/question.js";
import { anyText } from "../../support/any-text.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const MODEL = "gpt-4o-mini";
const UPLOAD = /^\/v1\/files$/u;
const CREATE = /^\/v1\/batches$/u;

async function start(options: OpenAIEmulatorOptions = {}) {
  server = await startOpenAI(options);
  return server;
}

const withFault = (path: RegExp, fault: Fault) => start({ cue: onCalls("POST", path, fault) });

function provider(options: OpenAIBatchOptions = {}, model = MODEL) {
  return openaiBatch(model, { apiKey: server.key, baseURL: server.url, ...options });
}

const calls = () => server.received.map(({ method, path }) => `${method} ${path}`);
const ONCE = ["POST /v1/files", "POST /v1/batches"];

const status = (code: number, rest: Partial<Extract<Fault, { kind: "status" }>> = {}): Fault => ({
  ...{ kind: "status", status: code },
  ...rest,
});

describe("a batch of OpenAI", () => {
  it("has the live model's id, whatever its settings are, so that both share a memo", async () => {
    await start();
    for (const options of [
      {},
      { temperature: 0.2 },
      { reasoningTokens: 500, reasoningEffort: "low" as const },
    ]) {
      const given = { apiKey: server.key, ...options };
      expect(openaiBatch(MODEL, given).modelId).toBe(openai(MODEL, given).id);
    }
    expect(provider().id).toBe("openai");
    expect(provider({ contextTokens: 9_000 }).contextTokens).toBe(9_000);
  });

  it("sends exactly the bodies that the live model sends", async () => {
    await start();
    const options = { temperature: 0.3, outputLimitName: "max_completion_tokens" as const };
    const requests = batchRequests(3);
    await submitted(provider(options), requests);
    const live = openai(MODEL, { apiKey: server.key, baseURL: server.url, ...options });
    for (const { request } of requests) await live.generate(request);
    server.batches.endAll();

    const hashes = server.billing.bills.map(({ bodyHash }) => bodyHash);
    expect(server.billing.inBatches).toHaveLength(3);
    expect(hashes.slice(3)).toEqual(hashes.slice(0, 3));
    expect(hashOfBody(server.batches.jobs[0]?.requests[0]?.body ?? {})).toBe(hashes[0]);
  });

  it("is a file of purpose batch, then a batch that carries our own name for it", async () => {
    await start();
    const requests = batchRequests(2);
    await submitted(provider(), requests, "gro-ref-7");
    expect(calls()).toEqual(ONCE);
    const [file] = server.files.all;
    expect(file).toMatchObject({ purpose: "batch", filename: "batch.jsonl" });
    const lines = file?.lines().map((line) => JSON.parse(line) as object);
    expect(lines).toEqual(
      requests.map(({ key }) => ({
        ...{ custom_id: key, method: "POST", url: "/v1/chat/completions" },
        body: expect.objectContaining({ model: MODEL }) as object,
      })),
    );
    expect(JSON.parse(server.received[1]?.body ?? "")).toEqual({
      ...{ input_file_id: file?.id, endpoint: "/v1/chat/completions", completion_window: "24h" },
      metadata: { gro_ref: "gro-ref-7" },
    });
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${server.key}`,
      `Bearer ${server.key}`,
    ]);
  });

  it("keeps to the limits that are told, and to the caller's", async () => {
    await start();
    expect(provider().limits).toEqual({
      maxRequests: 50_000,
      maxBytes: 200_000_000,
      keepsResultsMs: 30 * 86_400_000,
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
      keepsResultsMs: 30 * 86_400_000,
    });
    const options = ["maxRequests", "maxBytes", "submitTimeoutMs", "callTimeoutMs", "silenceTimeoutMs"];
    for (const option of options) {
      expect(() => provider({ [option]: 0 })).toThrow(
        expect.objectContaining({ code: "invalid_option", option }),
      );
    }
  });

  it("can be one of another model of the account", async () => {
    await start();
    const other = provider({ temperature: 0.1 }).withModel?.("gpt-4o");
    expect(other?.modelId).toBe("openai:gpt-4o;temperature=0.1");
    if (other !== undefined) await submitted(other, batchRequests(1));
    expect(server.batches.jobs[0]?.requests[0]?.body["model"]).toBe("gpt-4o");
  });

  it("is not made without a key, or with a client whose API has no batches", async () => {
    await start();
    expect(() => openaiBatch(MODEL)).toThrow(expect.objectContaining({ kind: "credentials_missing" }));
    const { chat } = new OpenAI({ apiKey: "sk-proj" });
    expect(() => openaiBatch(MODEL, { client: { chat } as never })).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "client" }),
    );
  });

  it("without a request is a mistake of the caller's", async () => {
    await start();
    await expect(provider().submit(submissionOf([]))).rejects.toMatchObject({ code: "invalid_option" });
    expect(server.received).toHaveLength(0);
  });

  it.each(["", "/", "/v1", "/v1/"])("goes to a base URL that is a host%s", async (end) => {
    await start();
    await submitted(provider({ baseURL: `${server.url}${end}` }), batchRequests(1));
    expect(calls()).toEqual(ONCE);
  });

  it("goes to servers that ask for no key", async () => {
    await start({ keys: [], models: ["llama3.2"], dialect: "local" });
    await submitted(openaiBatch("llama3.2", { baseURL: server.url }), batchRequests(1));
    expect(server.received[0]?.headers).not.toHaveProperty("authorization");
    expect(server.batches.jobs[0]?.requests[0]?.body).toHaveProperty("max_tokens");
  });
});

describe("the size of a request", () => {
  it("is exactly its share of the file", async () => {
    await start();
    let sent = 0;
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      if (init?.body instanceof FormData) {
        const file = init.body.get("file");
        sent = file instanceof Blob ? (await file.arrayBuffer()).byteLength : Number.NaN;
      }
      return Response.json({ id: "id_1" });
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
        expect(requests.map((one) => batches.sizeOf(one)).reduce((sum, size) => sum + size, 0)).toBe(sent);
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
    ["a gateway gives up after the batch exists", { kind: "lost-after-effect", how: 504 }, "timed_out"],
    ["something on the way gives up", { kind: "lost-after-effect", how: 408 }, "timed_out"],
    ["there is a conflict", { kind: "lost-after-effect", how: 409 }, "server_error"],
    ["the server is overloaded", status(503), "overloaded"],
    ["a bad gateway answers", status(502, { body: "<html><body>Bad gateway</body></html>" }), "server_error"],
    ["the answer is no JSON", { kind: "malformed-json" }, "malformed_response"],
    ["the answer is a web page", { kind: "wrong-content-type" }, "malformed_response"],
    ["the answer is no batch", status(200, { body: "{}" }), "malformed_response"],
  ];

  it.each(LOST)("and it is unknown what became of it when %s", async (_name, fault, kind) => {
    await withFault(CREATE, fault);
    const outcome = await provider().submit(submissionOf(batchRequests(2)));
    expect(outcome).toMatchObject({ kind: "unknown", failure: { kind } });
    expect(calls()).toEqual(ONCE);
    // A batch that may exist still needs its file.
    expect(server.files.all).toHaveLength(1);
    expect(everythingOf(outcome)).not.toContain(server.key);
  });

  it.each(LOST)("and there is no batch when, at the upload, %s", async (_name, fault, kind) => {
    await withFault(UPLOAD, fault);
    const outcome = await provider().submit(submissionOf(batchRequests(2)));
    expect(outcome).toMatchObject({ kind: "refused", failure: { kind } });
    expect(calls()).toEqual(ONCE.slice(0, 1));
    expect(server.batches.jobs).toEqual([]);
  });

  const quota = "You exceeded your current quota, please check your plan and billing details.";
  const REFUSED: readonly (readonly [string, Fault, object])[] = [
    ["a wrong key", status(401), { kind: "credentials_refused", status: 401 }],
    ["no permission", status(403), { kind: "permission_denied", status: 403 }],
    ["a server without batches", status(404), { kind: "model_not_found", status: 404 }],
    ["an invalid request", status(400, { words: "Invalid 'input_file_id'" }), { kind: "invalid_request" }],
    [
      "a billing limit",
      status(400, { code: "billing_hard_limit_reached", words: "Billing hard limit has been reached" }),
      { kind: "out_of_credit", status: 400 },
    ],
    [
      "no credit, as a rate limit",
      status(429, { type: "insufficient_quota", code: "insufficient_quota", words: quota }),
      { kind: "out_of_credit", status: 429 },
    ],
    ["a batch that is too large", status(413), { kind: "prompt_too_long", status: 413 }],
    [
      "a rate limit",
      status(429, { headers: { "retry-after": "30" } }),
      { kind: "rate_limited", status: 429, retryAfterMs: 30_000 },
    ],
  ];

  it.each(REFUSED)(
    "and there is no batch after %s, and no file that nobody uses",
    async (_name, fault, failure) => {
      await withFault(CREATE, fault);
      const outcome = await provider().submit(submissionOf(batchRequests(2)));
      expect(outcome).toMatchObject({
        kind: "refused",
        failure: {
          ...{ ...failure, requestId: "req_emulated_2" },
          message: expect.stringContaining("req_emulated_2") as string,
        },
      });
      expect(calls()).toEqual([...ONCE, expect.stringMatching(/^DELETE \/v1\/files\/file-/) as string]);
      expect(server.files.all).toEqual([]);
      expect(everythingOf(outcome)).not.toContain(server.key);
    },
  );

  it("and whether the file can be deleted makes no difference", async () => {
    await start({
      cue: ({ method, path }) => {
        if (method === "DELETE") return status(500);
        return CREATE.test(path) ? status(400) : undefined;
      },
    });
    expect(await provider().submit(submissionOf(batchRequests(1)))).toMatchObject({
      kind: "refused",
      failure: { kind: "invalid_request" },
    });
  });

  it.each(REFUSED)("and there is no batch when the upload meets %s", async (_name, fault, failure) => {
    await withFault(UPLOAD, fault);
    const outcome = await provider().submit(submissionOf(batchRequests(2)));
    expect(outcome).toMatchObject({ kind: "refused", failure: { ...failure, requestId: "req_emulated_1" } });
    expect(calls()).toEqual(ONCE.slice(0, 1));
  });

  it("says of a batch that is too large what to change", async () => {
    await start({ batches: { maxBytes: 900 } });
    const outcome = await provider().submit(submissionOf(batchRequests(3)));
    expect(outcome).toMatchObject({
      kind: "refused",
      failure: { message: expect.stringMatching(/lower maxRequests or maxBytes/) as string },
    });
  });

  it("also by a client that is set to retry, and to hurry", async () => {
    await withFault(CREATE, { kind: "lost-after-effect", how: "cut" });
    const client = new OpenAI({
      apiKey: server.key,
      baseURL: `${server.url}/v1`,
      maxRetries: 5,
      timeout: 20_000,
    });
    const outcome = await openaiBatch(MODEL, { client }).submit(submissionOf(batchRequests(2)));
    expect(outcome.kind).toBe("unknown");
    expect(calls()).toEqual(ONCE);
    expect(server.received[1]?.headers).toMatchObject({ "x-stainless-timeout": "2147483" });
    await server.close();

    await withFault(UPLOAD, status(500));
    const other = new OpenAI({ apiKey: server.key, baseURL: `${server.url}/v1`, maxRetries: 5 });
    await openaiBatch(MODEL, { client: other }).submit(submissionOf(batchRequests(2)));
    expect(calls()).toEqual(ONCE.slice(0, 1));
  });

  it("and given up when no answer comes: refused before the batch was asked for, unknown after", async () => {
    const clock = virtualClock();
    for (const [path, kind] of [
      [UPLOAD, "refused"],
      [CREATE, "unknown"],
    ] as const) {
      await withFault(path, { kind: "lost-after-effect", how: "hang" });
      const submission = provider({ clock, submitTimeoutMs: 5_000 }).submit(submissionOf(batchRequests(2)));
      await until(() => path.test(server.received.at(-1)?.path ?? ""));
      await clock.advance(5_000);
      expect(await submission).toMatchObject({ kind, failure: { kind: "timed_out" } });
      expect(clock.sleeping).toBe(0);
      await server.idle();
      expect(server.abandoned).toHaveLength(1);
      await server.close();
    }
    await start();
  });

  it("and stopped by the caller: unknown when the batch was asked for, refused before", async () => {
    for (const [path, kind] of [
      [UPLOAD, "refused"],
      [CREATE, "unknown"],
    ] as const) {
      await withFault(path, { kind: "hang" });
      const controller = new AbortController();
      const submission = provider().submit(submissionOf(batchRequests(2), { signal: controller.signal }));
      await until(() => path.test(server.received.at(-1)?.path ?? ""));
      controller.abort(new Error("Shutting down"));
      expect((await submission).kind).toBe(kind);
      await server.close();
    }
    await start();
    const signal = AbortSignal.abort();
    expect((await provider().submit(submissionOf(batchRequests(1), { signal }))).kind).toBe("refused");
    expect(server.received).toHaveLength(0);
  });
});

it("an error shows nothing of the content, even when the server repeats it", async () => {
  const detail = [{ type: "string_type", input: question().prompt }];
  await withFault(UPLOAD, status(422, { body: JSON.stringify({ detail }) }));
  const outcome = await provider().submit(submissionOf(batchRequests(1)));
  expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "invalid_request" } });
  expect(everythingOf(outcome)).not.toContain(CONTENT_SAMPLE);
});

it("out of credit until it is refilled", async () => {
  await start();
  server.credit.set(0);
  const outcome = await provider().submit(submissionOf(batchRequests(1)));
  expect(outcome).toMatchObject({ kind: "refused", failure: { kind: "out_of_credit" } });
  server.credit.refill();
  await submitted(provider(), batchRequests(1));
});

it("2,000 batches an hour are taken, then it is a rate limit", async () => {
  await start({ batches: { createsPerHour: 3 } });
  for (let count = 0; count < 3; count += 1) await submitted(provider(), batchRequests(1));
  expect(await provider().submit(submissionOf(batchRequests(1)))).toMatchObject({
    kind: "refused",
    failure: { kind: "rate_limited" },
  });
});
