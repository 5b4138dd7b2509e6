import { afterEach, describe, expect, it } from "vitest";
import { startAnthropic, startOpenAI, type LoopbackServer } from "./index.js";

let server: LoopbackServer;
afterEach(() => server.close());

async function post(path: string, headers: Record<string, string>, body: object | string) {
  const response = await fetch(`${server.url}${path}`, {
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
