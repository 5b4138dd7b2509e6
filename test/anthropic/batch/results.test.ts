import { Anthropic } from "@anthropic-ai/sdk";
import { afterEach, describe, expect, it } from "vitest";
import type { BatchProvider, BatchResult } from "@gro/batch";
import { anthropic, anthropicBatch, type AnthropicBatchOptions } from "@gro/anthropic";
import { virtualClock } from "@gro/summarizer/testing";
import {
  batchRequest,
  batchRequests,
  keyOf,
  resultList,
  resultsOf,
  submitted,
  until,
} from "../../emulators/batch-submission.js";
import {
  onCalls,
  startAnthropic,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
  type Fault,
  type PlannedOutcome,
} from "../../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, question, rejection } from "../../emulators/question.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

const MODEL = "claude-haiku-4-5";
const RESULTS = /\/results$/u;

async function start(options: AnthropicEmulatorOptions = {}, batchOptions: AnthropicBatchOptions = {}) {
  server = await startAnthropic(options);
  return anthropicBatch(MODEL, { apiKey: server.key, baseURL: server.url, ...batchOptions });
}

const withFault = (fault: Fault, batchOptions: AnthropicBatchOptions = {}) =>
  start({ cue: onCalls("GET", RESULTS, fault) }, batchOptions);

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

describe("the results of a batch", () => {
  it("are what the live model would have answered, by key, in any order", async () => {
    const provider = await start();
    const requests = batchRequests(4);
    const id = await submitted(provider, requests);
    server.batches.endAll();
    const results = await resultsOf(provider, id);
    expect([...results.keys()]).not.toEqual(requests.map(({ key }) => key));
    const live = anthropic(MODEL, { apiKey: server.key, baseURL: server.url });
    for (const { key, request } of requests) {
      // The id is the call's own.
      const { requestId: _, ...completion } = await live.generate(request);
      expect(results.get(key)).toMatchObject({ kind: "succeeded", key, completion });
    }
  });

  it("tell of cached tokens as the live model does", async () => {
    const provider = await start({ cache: { readTokens: 50, writeTokens: 10 } });
    const [result] = await resultList(provider.results(await ended(provider, 1)));
    expect(result).toMatchObject({
      completion: { usage: { cachedInputTokens: 50, cacheWriteTokens: 10 } },
    });
  });

  it.each<[string, PlannedOutcome, string]>([
    ["a refusal", { kind: "answered", fault: { kind: "refusal" } }, "refusal"],
    ["an answer cut by its limit", { kind: "answered", fault: { kind: "limit-reached" } }, "length"],
    ["a pause", { kind: "answered", stopReason: "pause_turn" }, "other"],
    ["a full context", { kind: "answered", stopReason: "model_context_window_exceeded" }, "length"],
  ])("may be %s, which succeeds for the API", async (_name, outcome, finishReason) => {
    expect(await only(outcome)).toMatchObject({ kind: "succeeded", completion: { finishReason } });
  });

  it("may be expired or canceled, and those are not billed", async () => {
    const provider = await start({
      batches: { outcome: ({ index }) => ({ kind: index === 0 ? "expired" : "canceled" }) },
    });
    const results = await resultsOf(provider, await ended(provider, 2));
    expect(results.get(keyOf("request 1"))).toEqual({ kind: "expired", key: keyOf("request 1") });
    expect(results.get(keyOf("request 2"))).toEqual({ kind: "canceled", key: keyOf("request 2") });
    expect(server.billing.bills).toEqual([]);
  });

  const credit = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.";
  it.each<[string, string, string, object]>([
    ["overload", "overloaded_error", "Overloaded", { kind: "overloaded" }],
    ["a server error", "api_error", "Internal server error", { kind: "server_error" }],
    ["a timeout", "timeout_error", "Request timed out", { kind: "timed_out" }],
    ["a rate limit", "rate_limit_error", "Too many", { kind: "rate_limited" }],
    ["a bad request", "invalid_request_error", "max_tokens: too many", { kind: "invalid_request" }],
    [
      "a prompt that is too long",
      "invalid_request_error",
      "prompt is too long: 9 > 8",
      { kind: "prompt_too_long" },
    ],
    ["no credit", "invalid_request_error", credit, { kind: "out_of_credit" }],
    ["billing", "billing_error", "Pay first", { kind: "out_of_credit" }],
    ["an unknown model", "not_found_error", "model: claude-9", { kind: "model_not_found" }],
    ["no permission", "permission_error", "Not allowed", { kind: "permission_denied" }],
    ["an error of a new type", "novel_error", "Something", { kind: "server_error" }],
  ])("may have failed by %s", async (_name, type, words, failure) => {
    const result = await only({ kind: "errored", type, words });
    expect(result).toMatchObject({
      kind: "errored",
      key: keyOf("request 1"),
      failure: { ...failure, requestId: "req_emulated_1_1" },
    });
    expect(server.billing.bills).toEqual([]);
  });

  it("tell the provider's words when they are brief, and no content in any case", async () => {
    expect(
      await only({ kind: "errored", type: "invalid_request_error", words: "thinking: no" }),
    ).toMatchObject({
      failure: { message: expect.stringContaining("thinking: no") as string },
    });
    await server.close();
    const words = `messages.0: ${question().prompt}`;
    expect(everythingOf(await only({ kind: "errored", type: "invalid_request_error", words }))).not.toContain(
      CONTENT_SAMPLE,
    );
    await server.close();
    const quoted = `messages.0: "${CONTENT_SAMPLE}" is not allowed`;
    const result = await only({ kind: "errored", type: "invalid_request_error", words: quoted });
    expect(everythingOf(result)).not.toContain(CONTENT_SAMPLE.slice(2, 30));
  });

  it("are checked one by one, hours after the batch was taken", async () => {
    const provider = await start({}, { temperature: 0.5 });
    const id = await submitted(provider, [batchRequest(1)]);
    server.batches.endAll();
    const [result] = await resultList(provider.results(id));
    expect(result).toMatchObject({ kind: "errored", failure: { kind: "invalid_request" } });
  });
});

describe("lines of results that are not as they should be", () => {
  const edited = (edit: (text: string) => string) => withFault({ kind: "edited-results", edit });

  it("blank lines, other line ends and a last line without one make no difference", async () => {
    const whole = await start();
    const expected = await resultList(whole.results(await ended(whole)));
    await server.close();
    for (const edit of [
      (text: string) => text.replaceAll("\n", "\n\n \n"),
      (text: string) => text.replaceAll("\n", "\r\n"),
      (text: string) => text.trimEnd(),
      (text: string) => `\ufeff${text}`,
    ]) {
      const provider = await edited(edit);
      expect(await resultList(provider.results(await ended(provider)))).toEqual(expected);
      await server.close();
    }
    await start();
  });

  it.each([1, 2, 3, 7, 64])("packets of %i bytes make no difference, whatever they cut", async (bytes) => {
    const text = "Zwölf Boxkämpfer 😀 jagen\u2028Viktor\u2029 quer \u00a0 über 日本語.";
    const fault: Fault = { kind: "exact-text", text };
    server = await startAnthropic({
      cue: onCalls("GET", RESULTS, { kind: "sliced-results", bytes }),
      batches: { outcome: () => ({ kind: "answered", fault }) },
    });
    const provider = anthropicBatch(MODEL, { apiKey: server.key, baseURL: server.url });
    const results = await resultList(provider.results(await ended(provider, 2)));
    expect(results).toHaveLength(2);
    for (const result of results) expect(result).toMatchObject({ completion: { text } });
  });

  it("a line that is no JSON is told by its key, and the others are there", async () => {
    const provider = await edited((text) => text.replace('"type":"succeeded"', '"type":"succ'));
    const results = await resultList(provider.results(await ended(provider)));
    expect(results).toHaveLength(3);
    expect(results[0]).toMatchObject({ kind: "malformed", key: keyOf("request 3") });
    expect(results.slice(1).every(({ kind }) => kind === "succeeded")).toBe(true);
    expect(JSON.stringify(results[0])).not.toContain("text");
  });

  it.each<[string, string, string | null]>([
    ["is half a line", '{"custom_id":"abc","resu', "abc"],
    ["has no key", '{"result":{"type":"canceled"}}', null],
    ["is no object", "7", null],
    ["is null", "null", null],
    ["has no result", '{"custom_id":"abc"}', "abc"],
    ["has a result of a new type", '{"custom_id":"abc","result":{"type":"novel"}}', "abc"],
    ["has no message", '{"custom_id":"abc","result":{"type":"succeeded"}}', "abc"],
    [
      "has a message without content",
      '{"custom_id":"abc","result":{"type":"succeeded","message":{}}}',
      "abc",
    ],
    ["has no error", '{"custom_id":"abc","result":{"type":"errored"}}', "abc"],
    ["only speaks of a key", String.raw`{"text":"\"custom_id\":\"abc\"`, null],
  ])("a line is malformed that %s", async (_name, line, key) => {
    const provider = await edited((text) => `${line}\n${text}`);
    const results = await resultList(provider.results(await ended(provider, 1)));
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ kind: "malformed", key });
    expect(results[1]?.kind).toBe("succeeded");
  });

  it("repeated lines and lines of other requests are passed on as they are", async () => {
    const provider = await edited(
      (text) => `${text}${text.replaceAll(/"custom_id":"[^"]*"/gu, '"custom_id":"else"')}`,
    );
    const results = await resultList(provider.results(await ended(provider, 2)));
    expect(results.map(({ key }) => key).filter((key) => key === "else")).toHaveLength(2);
    expect(results).toHaveLength(4);
  });

  it("a huge line takes time in proportion to its length", async () => {
    /** Processor time, which other programs on the machine do not add to, of the quickest of three. */
    const time = async (length: number) => {
      const took: number[] = [];
      for (let repeat = 0; repeat < 3; repeat += 1) took.push(await timeOnce(length));
      return Math.min(...took);
    };
    const timeOnce = async (length: number) => {
      const text = "word ".repeat(length / 5);
      const provider = await edited((whole) => whole.replace(/"text":"[^"]*"/u, `"text":"${text}"`));
      const id = await ended(provider, 1);
      const before = process.cpuUsage();
      const [result] = await resultList(provider.results(id));
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      expect(result).toMatchObject({ kind: "succeeded", completion: { text } });
      await server.close();
      return took;
    };
    await time(1_000_000);
    const small = await time(4_000_000);
    expect(await time(16_000_000)).toBeLessThan(16 * Math.max(small, 20));
    await start();
  });
});

describe("results that break off", () => {
  it.each<[string, Fault]>([
    ["by a reset between lines", { kind: "short-results", afterLines: 2, how: "reset" }],
    ["by a reset within the body", { kind: "cut-mid-body" }],
  ])("reject %s, and later is better", async (_name, fault) => {
    const provider = await withFault(fault);
    const error = await rejection(resultList(provider.results(await ended(provider))));
    expect(error).toMatchObject({
      ...{ code: "model_failed", kind: "connection_lost", isRetryable: true },
      requestId: expect.stringMatching(/^req_emulated_/) as string,
    });
  });

  it("give all lines before the break first", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 2, how: "reset" });
    const seen: BatchResult[] = [];
    const read = async (id: string) => {
      for await (const result of provider.results(id)) seen.push(result);
    };
    await rejection(read(await ended(provider)));
    expect(seen).toHaveLength(2);
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

  it("are given up when nothing comes any more, not when the reader takes its time", async () => {
    const clock = virtualClock();
    const provider = await withFault(
      { kind: "short-results", afterLines: 2, how: "stall" },
      { clock, silenceTimeoutMs: 5_000 },
    );
    const id = await ended(provider);
    const results = provider.results(id)[Symbol.asyncIterator]();
    expect(await results.next()).toMatchObject({ value: { kind: "succeeded" } });
    await clock.advance(60_000);
    expect(await results.next()).toMatchObject({ value: { kind: "succeeded" } });
    const next = rejection(Promise.resolve(results.next()));
    await until(() => clock.sleeping === 1);
    await clock.advance(4_999);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    expect(await next).toMatchObject({ kind: "timed_out", isRetryable: true });
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("are given up when their answer does not even begin", async () => {
    const clock = virtualClock();
    const provider = await withFault({ kind: "hang" }, { clock });
    const id = await ended(provider);
    const list = rejection(resultList(provider.results(id)));
    await until(() => server.received.at(-1)?.path.endsWith("/results") === true && clock.sleeping === 1);
    await clock.advance(120_000);
    expect(await list).toMatchObject({ kind: "timed_out" });
  });

  it("end with the signal's reason when the caller stops them, and close the connection", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 1, how: "stall" });
    const id = await ended(provider);
    const controller = new AbortController();
    const results = provider.results(id, controller.signal)[Symbol.asyncIterator]();
    await results.next();
    const next = rejection(Promise.resolve(results.next()));
    const reason = new Error("Shutting down");
    controller.abort(reason);
    expect(await next).toBe(reason);
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it("close the connection when their reader has had enough", async () => {
    const provider = await withFault({ kind: "short-results", afterLines: 2, how: "stall" });
    for await (const result of provider.results(await ended(provider))) {
      expect(result.kind).toBe("succeeded");
      break;
    }
    await server.idle();
    expect(server.abandoned).toHaveLength(1);
  });

  it.each<[string, Fault, object]>([
    ["a server error", { kind: "status", status: 500 }, { kind: "server_error", isRetryable: true }],
    ["a web page", { kind: "wrong-content-type" }, { kind: "malformed_response", isRetryable: false }],
  ])("reject on %s", async (_name, fault, expected) => {
    const provider = await withFault(fault);
    const error = await rejection(resultList(provider.results(await ended(provider))));
    expect(error).toMatchObject({ ...expected, requestId: expect.stringMatching(/^req_/) as string });
  });
});

describe("results that are not there", () => {
  it("of an unknown batch, of one that runs, and of one that is too old", async () => {
    const clock = virtualClock();
    const provider = await start({ batches: { now: () => clock.now() } });
    const read = (id: string) => rejection(resultList(provider.results(id)));
    expect(await read("msgbatch_never")).toMatchObject({ kind: "invalid_request", isRetryable: false });
    const id = await submitted(provider, batchRequests(1));
    expect(await read(id)).toMatchObject({ isRetryable: true });
    server.batches.endAll();
    await clock.advance(29 * 24 * 3_600_000);
    expect(await read(id)).toMatchObject({
      message: expect.stringContaining("29 days") as string,
      isRetryable: false,
    });
  });
});

describe("the key", () => {
  it("is not sent to wherever the results are said to be", async () => {
    const elsewhere = await startAnthropic();
    const provider = await start({ batches: { resultsOrigin: elsewhere.url } });
    const error = await rejection(resultList(provider.results(await ended(provider))));
    expect(error).toMatchObject({ kind: "malformed_response", isRetryable: false });
    expect(error).toMatchObject({ message: expect.stringContaining(elsewhere.url) as string });
    expect(error).toMatchObject({ message: expect.stringContaining("baseURL") as string });
    expect(elsewhere.received).toEqual([]);
    expect(everythingOf(error)).not.toContain(server.key);
    await elsewhere.close();
  });

  it("is not sent on by a redirection", async () => {
    const elsewhere = await startAnthropic();
    const headers = { location: `${elsewhere.url}/v1/messages/batches/x/results` };
    const provider = await withFault({ kind: "status", status: 302, headers });
    const client = new Anthropic({ apiKey: server.key, baseURL: server.url });
    const id = await ended(provider);
    for (const one of [provider, anthropicBatch(MODEL, { client })]) {
      expect(await rejection(resultList(one.results(id)))).toMatchObject({ kind: "malformed_response" });
    }
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it("is sent to the host of a base URL with a path, wherever on it the results are", async () => {
    const provider = await start();
    const client = new Anthropic({ apiKey: server.key, baseURL: `${server.url}/` });
    const id = await ended(provider);
    expect(await resultList(anthropicBatch(MODEL, { client }).results(id))).toHaveLength(3);
  });
});
