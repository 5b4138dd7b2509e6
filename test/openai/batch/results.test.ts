import { afterEach, describe, expect, it } from "vitest";
import type { BatchProvider, BatchResult } from "@gro/batch";
import { openai, openaiBatch, type OpenAIBatchOptions } from "@gro/openai";
import { virtualClock } from "@gro/summarizer/testing";
import {
  batchRequests,
  keyOf,
  resultList,
  resultsOf,
  submitted,
  until,
} from "../../emulators/batch-submission.js";
import {
  onCalls,
  startOpenAI,
  type Fault,
  type OpenAIEmulator,
  type OpenAIEmulatorOptions,
  type PlannedOutcome,
} from "../../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, question, rejection } from "../../emulators/question.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const MODEL = "gpt-4o-mini";
const CONTENT = /\/content$/u;

async function start(options: OpenAIEmulatorOptions = {}, batchOptions: OpenAIBatchOptions = {}) {
  server = await startOpenAI(options);
  return openaiBatch(MODEL, { apiKey: server.key, baseURL: server.url, ...batchOptions });
}

const withFault = (fault: Fault, batchOptions: OpenAIBatchOptions = {}) =>
  start({ cue: onCalls("GET", CONTENT, fault, 1) }, batchOptions);

/** A batch that has ended. */
async function ended(provider: BatchProvider, count = 3): Promise<string> {
  const id = await submitted(provider, batchRequests(count));
  server.batches.endAll();
  return id;
}

async function only(outcome: PlannedOutcome): Promise<BatchResult | undefined> {
  const provider = await start({ batches: { outcome: () => outcome } });
  const [result] = await resultList(provider.results(await ended(provider, 1)));
  return result;
}

const contents = () => server.received.filter(({ path }) => CONTENT.test(path));

describe("the results of a batch", () => {
  it("are what the live model would have answered, by key, in any order", async () => {
    const provider = await start({ cachedTokens: 30 });
    const requests = batchRequests(4);
    const id = await submitted(provider, requests);
    server.batches.endAll();
    const results = await resultsOf(provider, id);
    expect([...results.keys()]).not.toEqual(requests.map(({ key }) => key));
    const live = openai(MODEL, { apiKey: server.key, baseURL: server.url });
    for (const { key, request } of requests) {
      // The id is the call's own.
      const { requestId: _, ...completion } = await live.generate(request);
      expect(results.get(key)).toMatchObject({ kind: "succeeded", key, completion });
    }
  });

  it("stand in two files: what was done, and what failed or expired", async () => {
    const provider = await start({
      batches: {
        outcome: ({ index }) => {
          const failed = { kind: "errored", type: "invalid_request_error", words: "No" } as const;
          return index === 0 ? failed : index === 1 ? { kind: "expired" } : undefined;
        },
      },
    });
    const results = await resultsOf(provider, await ended(provider, 4));
    const kinds = [1, 2, 3, 4].map((number) => results.get(keyOf(`request ${number}`))?.kind);
    expect(kinds).toEqual(["errored", "expired", "succeeded", "succeeded"]);
    expect(contents()).toHaveLength(2);
  });

  it.each<[string, null | "" | undefined]>([
    ["null", null],
    ["an empty string", ""],
    ["undefined", undefined],
  ])("are read when all have failed and the file of what was done is %s", async (_name, noFile) => {
    const error = { kind: "errored", status: 500, type: "server_error", words: "Sorry" } as const;
    const provider = await start({ batches: { noFile, outcome: () => error } });
    const results = await resultList(provider.results(await ended(provider, 2)));
    expect(results.map(({ kind }) => kind)).toEqual(["errored", "errored"]);
    expect(contents()).toHaveLength(1);
  });

  it("are read when all have succeeded and there is no file of errors", async () => {
    const provider = await start({ batches: { noFile: "" } });
    expect(await resultList(provider.results(await ended(provider, 2)))).toHaveLength(2);
    expect(contents()).toHaveLength(1);
  });

  it("of a batch that expired are there as far as it came, and billed as far", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(5));
    server.batches.process(id, 2);
    server.batches.expire(id);
    const results = await resultList(provider.results(id));
    expect(results.filter(({ kind }) => kind === "succeeded")).toHaveLength(2);
    expect(results.filter(({ kind }) => kind === "expired")).toHaveLength(3);
    expect(server.billing.inBatches).toHaveLength(2);
  });

  it("of a batch that was cancelled are those that were done", async () => {
    const provider = await start();
    const id = await submitted(provider, batchRequests(3));
    server.batches.process(id, 1);
    await provider.cancel(id);
    server.batches.endAll();
    const results = await resultList(provider.results(id));
    expect(results.map(({ kind }) => kind)).toEqual(["succeeded"]);
  });

  it.each<[string, PlannedOutcome, string]>([
    ["a refusal", { kind: "answered", fault: { kind: "refusal" } }, "refusal"],
    ["an answer cut by its limit", { kind: "answered", fault: { kind: "limit-reached" } }, "length"],
    ["a filtered answer", { kind: "answered", stopReason: "content_filter" }, "refusal"],
    ["an end of another kind", { kind: "answered", stopReason: "tool_calls" }, "other"],
  ])("may be %s, which succeeds for the API", async (_name, outcome, finishReason) => {
    expect(await only(outcome)).toMatchObject({ kind: "succeeded", completion: { finishReason } });
  });

  it("may be cancelled one by one", async () => {
    expect(await only({ kind: "canceled" })).toEqual({ kind: "canceled", key: keyOf("request 1") });
  });

  const failed = (status: number, type: string, words: string, code?: string): PlannedOutcome => ({
    ...{ kind: "errored", status, type, words },
    ...(code === undefined ? {} : { code }),
  });
  it.each<[string, PlannedOutcome, object]>([
    ["a server error", failed(500, "server_error", "Sorry"), { kind: "server_error", status: 500 }],
    ["overload", failed(503, "server_error", "Overloaded"), { kind: "overloaded", status: 503 }],
    ["a rate limit", failed(429, "requests", "Too many", "rate_limit_exceeded"), { kind: "rate_limited" }],
    [
      "no credit",
      failed(429, "insufficient_quota", "You exceeded your current quota", "insufficient_quota"),
      { kind: "out_of_credit" },
    ],
    ["a bad request", failed(400, "invalid_request_error", "Invalid value"), { kind: "invalid_request" }],
    [
      "a prompt that is too long",
      failed(400, "invalid_request_error", "Too long", "context_length_exceeded"),
      { kind: "prompt_too_long" },
    ],
    ["no permission", failed(403, "invalid_request_error", "No"), { kind: "permission_denied" }],
  ])("may have failed by %s", async (_name, outcome, failure) => {
    expect(await only(outcome)).toMatchObject({
      ...{ kind: "errored", key: keyOf("request 1") },
      failure: { ...failure, requestId: "req_emulated_1_1" },
    });
    expect(server.billing.bills).toEqual([]);
  });

  it("show the provider's words when they are brief, and no content in any case", async () => {
    const brief = await only(failed(400, "invalid_request_error", "Unsupported parameter: 'top_q'"));
    expect(brief).toMatchObject({ failure: { message: expect.stringContaining("'top_q'") as string } });
    for (const words of [`Bad: ${question().prompt}`, `Bad: '${CONTENT_SAMPLE}'`]) {
      await server.close();
      const result = await only(failed(400, "invalid_request_error", words));
      expect(everythingOf(result)).not.toContain(CONTENT_SAMPLE.slice(2, 30));
    }
  });
});

describe("lines of results that are not as they should be", () => {
  const edited = (edit: (text: string) => string) => withFault({ kind: "edited-results", edit });

  it.each([1, 3, 64])("packets of %i bytes make no difference, whatever they cut", async (bytes) => {
    const text = "Zwölf Boxkämpfer 😀 jagen\u2028Viktor\u2029 quer über 日本語.";
    const fault: Fault = { kind: "exact-text", text };
    const provider = await start({
      cue: onCalls("GET", CONTENT, { kind: "sliced-results", bytes }),
      batches: { outcome: () => ({ kind: "answered", fault }) },
    });
    const [result] = await resultList(provider.results(await ended(provider, 1)));
    expect(result).toMatchObject({ completion: { text } });
  });

  it("a line that is no JSON is told by its key, and the others are there", async () => {
    const provider = await edited((text) => text.replace('"response":{', '"response":'));
    const results = await resultList(provider.results(await ended(provider)));
    expect(results.map(({ kind }) => kind)).toEqual(["malformed", "succeeded", "succeeded"]);
    expect(results[0]?.key).toBe(keyOf("request 3"));
  });

  it.each<[string, string, object]>([
    ["has no key", '{"response":{"status_code":200}}', { kind: "malformed", key: null }],
    ["has nothing", '{"custom_id":"abc"}', { kind: "malformed", key: "abc" }],
    ["has null", '{"custom_id":"abc","response":null,"error":null}', { kind: "malformed" }],
    ["has no body", '{"custom_id":"abc","response":{"status_code":200}}', { kind: "malformed" }],
    ["has no answer", '{"custom_id":"abc","response":{"status_code":200,"body":{}}}', { kind: "malformed" }],
    [
      "has an error of its own",
      '{"custom_id":"abc","response":null,"error":{"code":"internal_error","message":"Sorry"}}',
      { kind: "errored", failure: { kind: "server_error" } },
    ],
    [
      "has an error with status 200",
      '{"custom_id":"abc","response":{"status_code":200,"body":{"error":{"message":"Later","code":502}}}}',
      { kind: "errored", failure: { kind: "server_error" } },
    ],
    [
      "has a status without words",
      '{"custom_id":"abc","response":{"status_code":503}}',
      { kind: "errored", failure: { kind: "overloaded" } },
    ],
    [
      "has expired",
      '{"custom_id":"abc","response":{"status_code":0},"error":{"code":"batch_expired","message":""}}',
      { kind: "expired", key: "abc" },
    ],
  ])("a line that %s", async (_name, line, expected) => {
    const provider = await edited((text) => `${line}\n${text}`);
    const results = await resultList(provider.results(await ended(provider, 1)));
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject(expected);
    expect(results[1]?.kind).toBe("succeeded");
  });
});

describe("results that break off", () => {
  it.each<[string, Fault]>([
    ["by a reset between lines", { kind: "short-results", afterLines: 2, how: "reset" }],
    ["by a reset within the body", { kind: "cut-mid-body" }],
  ])("reject %s, and later is better", async (_name, fault) => {
    const provider = await withFault(fault);
    const error = await rejection(resultList(provider.results(await ended(provider))));
    expect(error).toMatchObject({ code: "model_failed", kind: "connection_lost", isRetryable: true });
  });

  it("end in good order when the server ends in good order: only the counts tell", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 1, how: "line-end" });
    const id = await ended(provider);
    expect(await resultList(provider.results(id))).toHaveLength(1);
    expect(await provider.status(id)).toMatchObject({ counts: { succeeded: 3 } });
  });

  it("have a malformed line at their end when they end within one", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 1, how: "mid-line" });
    const results = await resultList(provider.results(await ended(provider)));
    expect(results.map(({ kind }) => kind)).toEqual(["succeeded", "malformed"]);
  });

  it("are given up when nothing comes any more", async () => {
    const clock = virtualClock();
    const provider = await withFault({ kind: "short-results", afterLines: 1, how: "stall" }, { clock });
    const results = provider.results(await ended(provider))[Symbol.asyncIterator]();
    expect(await results.next()).toMatchObject({ value: { kind: "succeeded" } });
    const next = rejection(Promise.resolve(results.next()));
    await until(() => clock.sleeping === 1);
    await clock.advance(120_000);
    expect(await next).toMatchObject({ kind: "timed_out", isRetryable: true });
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("end with the signal's reason when the caller stops them", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 1, how: "stall" });
    const controller = new AbortController();
    const results = provider.results(await ended(provider), controller.signal)[Symbol.asyncIterator]();
    await results.next();
    const next = rejection(Promise.resolve(results.next()));
    const reason = new Error("Shutting down");
    controller.abort(reason);
    expect(await next).toBe(reason);
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("reject when a file is gone, or a web page comes in its place", async () => {
    const provider = await start();
    const id = await ended(provider);
    await provider.status(id);
    for (const { id: fileId } of server.files.all) server.files.remove(fileId);
    expect(await rejection(resultList(provider.results(id)))).toMatchObject({
      ...{ kind: "invalid_request", status: 404, isRetryable: false },
      message: expect.stringMatching(
        /file file-\S+ with results of batch \S+ is not there any more/u,
      ) as string,
    });
    await server.close();
    const page = await withFault({ kind: "wrong-content-type" });
    expect(await rejection(resultList(page.results(await ended(page))))).toMatchObject({
      kind: "malformed_response",
    });
  });
});

it("results that something else than the API does not find, are not told as gone", async () => {
  const provider = await withFault({ kind: "status", status: 404, body: "Not Found" });
  expect(await rejection(resultList(provider.results(await ended(provider))))).toMatchObject({
    ...{ kind: "malformed_response", status: 404 },
    message: expect.stringContaining("does the base URL lead to it?") as string,
  });
});

it("there are no results of an unknown batch, or of one that runs", async () => {
  const provider = await start();
  const read = (id: string) => rejection(resultList(provider.results(id)));
  expect(await read("batch_never")).toMatchObject({ kind: "invalid_request", isRetryable: false });
  expect(await read(await submitted(provider, batchRequests(1)))).toMatchObject({ isRetryable: true });
});
