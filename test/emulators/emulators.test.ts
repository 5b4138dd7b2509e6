import { afterEach, describe, expect, it } from "vitest";
import {
  always,
  Billing,
  onRequests,
  startAnthropic,
  startOllama,
  startOpenAI,
  type Fault,
  type LoopbackServer,
} from "./index.js";

let server: LoopbackServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What a test written in a hurry might say; the types would not let it pass. */
const UNKNOWN = "no-such-thing" as never;

async function post(path: string, headers: Record<string, string>, body: object | string) {
  const response = await fetch(`${server?.url ?? ""}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const said = { role: "user", content: "Hello" };

describe("the emulated Anthropic API refuses what the real one refuses", () => {
  const good = { model: "claude-haiku-4-5", max_tokens: 20, messages: [said] };

  async function ask(body: object | string, headers: Record<string, string> = {}, path = "/v1/messages") {
    const { key, ...rest } = await startAnthropic();
    server = rest;
    return post(
      path,
      { authorization: `Bearer ${key}`, "anthropic-version": "2026-10-21", ...headers },
      body,
    );
  }

  it.each([
    ["a missing key", good, { authorization: "" }, 401, "authentication_error"],
    ["a wrong key", good, { authorization: "Bearer sk-ant-wrong" }, 401, "authentication_error"],
    ["a missing version", good, { "anthropic-version": "" }, 400, "invalid_request_error"],
    ["an unknown version", good, { "anthropic-version": "2025-01-01" }, 400, "invalid_request_error"],
    ["no JSON", "{", {}, 400, "invalid_request_error"],
    ["an unknown model", { ...good, model: "claude-9" }, {}, 404, "not_found_error"],
    ["no limit", { ...good, max_tokens: 0 }, {}, 400, "invalid_request_error"],
    ["a temperature, in its newest version", { ...good, temperature: 1 }, {}, 400, "invalid_request_error"],
    ["a field that it does not know", { ...good, max_output_tokens: 1 }, {}, 400, "invalid_request_error"],
    ["no message", { ...good, messages: [] }, {}, 400, "invalid_request_error"],
    [
      "a message of nobody",
      { ...good, messages: [{ ...said, role: "human" }] },
      {},
      400,
      "invalid_request_error",
    ],
    [
      "an answer first",
      { ...good, messages: [{ ...said, role: "assistant" }] },
      {},
      400,
      "invalid_request_error",
    ],
    ["an empty message", { ...good, messages: [{ ...said, content: "" }] }, {}, 400, "invalid_request_error"],
    [
      "thinking off where it cannot be",
      { ...good, model: "claude-fable-5-2", thinking: { type: "disabled" } },
      {},
      400,
      "invalid_request_error",
    ],
  ])("%s", async (_name, body, headers, status, type) => {
    const answer = await ask(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("request-id")).toBe("req_emulated_1");
    expect(answer.body).toMatchObject({ type: "error", error: { type }, request_id: "req_emulated_1" });
  });

  it("but takes a temperature in its older version, and a key in the older header", async () => {
    const older = {
      "anthropic-version": "2023-06-01",
      authorization: "",
      "x-api-key": "sk-ant-api03-emulated-0123456789abcdef",
    };
    expect(await ask({ ...good, temperature: 0.5 }, older)).toMatchObject({ status: 200 });
  });
});

describe("the emulated OpenAI API refuses what the real one refuses", () => {
  const good = { model: "gpt-4o-mini", max_completion_tokens: 20, messages: [said] };

  async function ask(body: object | string, headers: Record<string, string> = {}) {
    const { key, ...rest } = await startOpenAI();
    server = rest;
    return post("/v1/chat/completions", { authorization: `Bearer ${key}`, ...headers }, body);
  }

  it.each([
    ["a missing key", good, { authorization: "" }, 401, null],
    ["a wrong key", good, { authorization: "Bearer sk-wrong-key" }, 401, "invalid_api_key"],
    ["no JSON", "{", {}, 400, null],
    ["an unknown model", { ...good, model: "gpt-9" }, {}, 404, "model_not_found"],
    ["no limit", { ...good, max_completion_tokens: 0 }, {}, 400, "integer_below_min_value"],
    [
      "an older limit for a newer model",
      { model: "gpt-5-mini", max_tokens: 20, messages: [said] },
      {},
      400,
      "unsupported_parameter",
    ],
    [
      "a temperature for a reasoning model",
      { ...good, model: "o4-mini", temperature: 0.5 },
      {},
      400,
      "unsupported_value",
    ],
    ["no message", { ...good, messages: [] }, {}, 400, null],
    ["a message of nobody", { ...good, messages: [{ ...said, role: "human" }] }, {}, 400, "invalid_value"],
  ])("%s", async (_name, body, headers, status, code) => {
    const answer = await ask(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("x-request-id")).toBe("req_emulated_1");
    expect(answer.body).toMatchObject({ error: { code } });
  });
});

it("the bill shows what was asked twice, streamed or not, and nothing that was not answered", async () => {
  const emulator = await startOpenAI({
    cue: ({ number }) => (number === 1 ? { kind: "status", status: 500 } : undefined),
  });
  server = emulator;
  const headers = { authorization: `Bearer ${emulator.key}` };
  const body = { model: "gpt-4o-mini", max_tokens: 20, messages: [said] };
  await post("/v1/chat/completions", headers, body);
  expect(emulator.billing.bills).toEqual([]);
  await post("/v1/chat/completions", headers, body);
  await post("/v1/chat/completions", headers, { ...body, messages: [{ ...said, content: "Good night" }] });
  expect(emulator.billing.billedTwice).toEqual([]);
  const streamed = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ messages: [said], stream: true, max_tokens: 20, model: "gpt-4o-mini" }),
  });
  expect(await streamed.text()).toContain("[DONE]");
  await server.idle();
  expect(emulator.billing.billedTwice).toHaveLength(1);
  expect(emulator.billing.total.outputTokens).toBeGreaterThan(0);
});

it("the bill of a hundred thousand requests is looked through at once", () => {
  const billing = new Billing();
  const usage = { inputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
  for (let number = 0; number < 100_000; number += 1) {
    const customId = `page-${number % 99_999}`;
    billing.add({
      ...{ requestNumber: 1, requestId: "req", model: "claude-haiku-4-5", bodyHash: customId, usage },
      batch: { id: "batch", customId, priceShare: 0.5 },
    });
  }
  const begun = performance.now();
  expect(billing.billedTwice).toEqual(["page-0"]);
  expect(billing.customIdsBilledTwice).toEqual(["page-0"]);
  expect(performance.now() - begun).toBeLessThan(2_000);
});

it("connections outlast long work in the emulator's process", async () => {
  server = await startOpenAI();
  const body = { model: "gpt-4o-mini", max_tokens: 20, messages: [said] };
  const headers = { authorization: "Bearer sk-proj-emulated-0123456789abcdef" };
  const { headers: answered } = await post("/v1/chat/completions", headers, body);
  // Whoever is told of a time after which the connection is closed may be too late to keep to it.
  expect(answered.get("keep-alive")).toBeNull();
});
describe.each([
  [
    "Anthropic",
    startAnthropic,
    "/v1/messages",
    { model: "claude-haiku-4-5", max_tokens: 20, messages: [said] },
    { "anthropic-version": "2026-10-21" },
  ],
  ["OpenAI", startOpenAI, "/v1/chat/completions", { model: "gpt-4o-mini", messages: [said] }, {}],
] as const)("faults of the emulated %s API", (_name, start, path, body, headers) => {
  it("that lie in a stream leave other answers alone, and their bills", async () => {
    const fault: Fault = { kind: "error-in-stream", afterEvents: 1, type: "api_error", words: "Broken" };
    const emulator = await start({ cue: always(fault) });
    server = emulator;
    const authorization = `Bearer ${emulator.key}`;
    expect((await post(path, { ...headers, authorization }, body)).status).toBe(200);
    await server.idle();
    expect(emulator.billing.bills).toHaveLength(1);
    const streamed = await fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { ...headers, authorization, "content-type": "application/json" },
      body: JSON.stringify({ ...body, stream: true }),
    });
    expect(await streamed.text()).toContain("Broken");
    await server.idle();
    expect(emulator.billing.bills).toHaveLength(1);
  });

  it("that it does not know are told when they are set, or when the emulator is closed", async () => {
    server = await start();
    expect(() => always({ kind: UNKNOWN })).toThrow(/no-such-thing.*hang/u);
    expect(() => onRequests([1], { kind: UNKNOWN })).toThrow(/no-such-thing.*hang/u);
    const emulator = await start({ cue: () => ({ kind: UNKNOWN }) });
    await expect(fetch(`${emulator.url}${path}`, { method: "POST", body: "{}" })).rejects.toThrow();
    await expect(emulator.close()).rejects.toThrow(/The emulator failed: .*no-such-thing/u);
  });

  it("a behaviour that it does not know is refused at once", async () => {
    server = await start();
    await expect(start({ behaviour: UNKNOWN })).rejects.toThrow(/behaviour: got "no-such-thing".*verbose/u);
  });
});

it.each([
  ["cut", 4_096],
  ["cut-to-half", 2_050],
] as const)(
  "the emulated Ollama keeps what Ollama keeps of a prompt that is too long: %s",
  async (overflow, kept) => {
    const emulator = await startOllama({ overflow });
    server = emulator;
    const answer = await post(
      "/v1/chat/completions",
      {},
      {
        model: "llama3.2",
        max_tokens: 20,
        messages: [{ role: "user", content: "The captain counted geese. ".repeat(3_000) }],
      },
    );
    expect(answer).toMatchObject({ status: 200, body: { usage: { prompt_tokens: kept } } });
  },
);
