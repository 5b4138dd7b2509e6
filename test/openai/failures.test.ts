import { afterEach, describe, expect, it, vi } from "vitest";
import { openai } from "@gro/openai";
import { ModelError, type ModelErrorKind } from "@gro/summarizer";
import { always, startOpenAI, type Fault, type OpenAIEmulator } from "../emulators/index.js";
import { CONTENT_SAMPLE, everythingOf, question, rejection, WAYS } from "../emulators/question.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);

interface Expected {
  readonly kind: ModelErrorKind;
  readonly isRetryable: boolean;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly message: RegExp;
}

const status = (code: number, rest: Partial<Extract<Fault, { kind: "status" }>> = {}): Fault => ({
  kind: "status",
  status: code,
  ...rest,
});

const quota = "You exceeded your current quota, please check your plan and billing details.";
const tooLong = "This model's maximum context length is 128000 tokens. However, you requested 140000 tokens.";
const tooLarge = "Request too large for gpt-4o-mini on tokens per min (TPM): Limit 30000, Requested 40000.";
const pydantic = {
  detail: [{ type: "string_type", input: question().prompt }],
};

const cases: readonly (readonly [string, Fault, Expected])[] = [
  [
    "a wrong key",
    status(401),
    { kind: "credentials_refused", isRetryable: false, status: 401, message: /OPENAI_API_KEY/ },
  ],
  [
    "no permission",
    status(403),
    { kind: "permission_denied", isRetryable: false, status: 403, message: /no permission/ },
  ],
  [
    "an unknown model",
    status(404, { code: "model_not_found" }),
    { kind: "model_not_found", isRetryable: false, status: 404, message: /gpt-4o-mini.*no such model/ },
  ],
  [
    "a malformed request",
    status(400, { words: "Unsupported value: 'temperature'" }),
    { kind: "invalid_request", isRetryable: false, status: 400, message: /Unsupported value: 'temperature'/ },
  ],
  [
    "a server that sends the content back",
    status(422, { body: JSON.stringify(pydantic) }),
    { kind: "invalid_request", isRetryable: false, status: 422, message: /refused as invalid/ },
  ],
  [
    "a request that is too large",
    status(413),
    { kind: "prompt_too_long", isRetryable: false, status: 413, message: /chunkSize/ },
  ],
  [
    "a prompt that is too long",
    status(400, { code: "context_length_exceeded", words: tooLong }),
    { kind: "prompt_too_long", isRetryable: false, status: 400, message: /128000 tokens/ },
  ],
  [
    "a prompt that never fits into a minute",
    status(429, { words: tooLarge }),
    { kind: "prompt_too_long", isRetryable: false, status: 429, message: /Requested 40000/ },
  ],
  [
    "no credit, as a rate limit",
    status(429, {
      type: "insufficient_quota",
      code: "insufficient_quota",
      words: quota,
      headers: { "retry-after": "1" },
    }),
    { kind: "out_of_credit", isRetryable: false, status: 429, retryAfterMs: 1_000, message: /no credit/ },
  ],
  [
    "no credit, as a router says it",
    status(402, { words: "Insufficient credits" }),
    { kind: "out_of_credit", isRetryable: false, status: 402, message: /billing page/ },
  ],
  [
    "a rate limit",
    status(429),
    { kind: "rate_limited", isRetryable: true, status: 429, message: /rate limit/ },
  ],
  [
    "a rate limit with seconds",
    status(429, { headers: { "retry-after": "7" } }),
    { kind: "rate_limited", isRetryable: true, status: 429, retryAfterMs: 7_000, message: /rate limit/ },
  ],
  [
    "a rate limit with milliseconds",
    status(429, { headers: { "retry-after": "7", "retry-after-ms": "250" } }),
    { kind: "rate_limited", isRetryable: true, status: 429, retryAfterMs: 250, message: /rate limit/ },
  ],
  [
    "a rate limit with a date",
    status(429, { headers: { "retry-after": new Date(NOW + 30_000).toUTCString() } }),
    { kind: "rate_limited", isRetryable: true, status: 429, retryAfterMs: 30_000, message: /rate limit/ },
  ],
  [
    "a rate limit for hours",
    status(429, { headers: { "retry-after": "18000" } }),
    { kind: "rate_limited", isRetryable: true, status: 429, retryAfterMs: 18_000_000, message: /in 5 h/ },
  ],
  [
    "a request timeout",
    status(408),
    { kind: "timed_out", isRetryable: true, status: 408, message: /in time/ },
  ],
  ["a conflict", status(409), { kind: "server_error", isRetryable: true, status: 409, message: /ask again/ }],
  [
    "a server error",
    status(500),
    { kind: "server_error", isRetryable: true, status: 500, message: /had an error/ },
  ],
  [
    "a bad gateway's page",
    status(502, { body: "<html><body>Bad gateway</body></html>" }),
    { kind: "server_error", isRetryable: true, status: 502, message: /provider failed; ask again later \(/ },
  ],
  [
    "a server that is still loading",
    status(503, { headers: { "retry-after": "2" } }),
    {
      kind: "overloaded",
      isRetryable: true,
      status: 503,
      retryAfterMs: 2_000,
      message: /overloaded or not ready/,
    },
  ],
  [
    "a connection cut before the answer",
    { kind: "cut-before-headers" },
    { kind: "connection_lost", isRetryable: true, message: /connection to http:\/\/127/ },
  ],
  [
    "a connection cut within the answer",
    { kind: "cut-mid-body" },
    { kind: "connection_lost", isRetryable: true, message: /connection/ },
  ],
  [
    "malformed JSON",
    { kind: "malformed-json" },
    { kind: "malformed_response", isRetryable: false, message: /base URL/ },
  ],
  [
    "another content type",
    { kind: "wrong-content-type" },
    { kind: "malformed_response", isRetryable: false, message: /base URL/ },
  ],
];

const streamCases: readonly (readonly [string, Fault, Expected])[] = [
  [
    "a stream torn by a reset",
    { kind: "torn-stream", afterEvents: 4, how: "reset" },
    { kind: "connection_lost", isRetryable: true, message: /connection/ },
  ],
  [
    "a stream that ends early in good order",
    { kind: "torn-stream", afterEvents: 4, how: "end" },
    { kind: "connection_lost", isRetryable: true, message: /before the answer was complete/ },
  ],
  [
    "a stream that ends before its first event",
    { kind: "torn-stream", afterEvents: 0, how: "end" },
    { kind: "connection_lost", isRetryable: true, message: /before the answer was complete/ },
  ],
  [
    "an overload within a stream",
    { kind: "error-in-stream", afterEvents: 4, type: "overloaded_error", words: "Overloaded" },
    { kind: "overloaded", isRetryable: true, message: /overloaded/ },
  ],
  [
    "a server error within a stream",
    { kind: "error-in-stream", afterEvents: 4, type: "server_error", words: "An error occurred" },
    { kind: "server_error", isRetryable: true, message: /An error occurred/ },
  ],
];

const hasAnswer = ({ kind }: Fault) =>
  kind !== "cut-before-headers" && kind !== "cut-mid-body" && kind !== "torn-stream";

describe.each(WAYS)("%s, when there is", (way, ask) => {
  it.each([...cases, ...(way === "stream" ? streamCases : [])])("%s", async (_name, fault, expected) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    server = await startOpenAI({ cue: always(fault) });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url, now: () => NOW });
    const error = await rejection(ask(model));

    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      code: "model_failed",
      provider: "openai",
      model: "gpt-4o-mini",
      kind: expected.kind,
      isRetryable: expected.isRetryable,
      status: expected.status,
      retryAfterMs: expected.retryAfterMs,
      message: expect.stringMatching(expected.message) as string,
    });
    if (hasAnswer(fault)) expect(error).toMatchObject({ requestId: "req_emulated_1" });

    // The run's policy repeats calls, not the SDK.
    expect(server.received).toHaveLength(1);
    expect(server.billing.bills).toEqual([]);
    const shown = everythingOf(error);
    expect(shown).not.toContain(server.key);
    expect(shown).not.toContain(CONTENT_SAMPLE);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it("nobody listening: the address and the reason", async () => {
    server = await startOpenAI();
    await server.close();
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    const error = await rejection(ask(model));
    expect(error).toMatchObject({
      kind: "connection_lost",
      message: expect.stringMatching(
        /nothing answers at http:\/\/127\.0\.0\.1:\d+\/v1 \(ECONNREFUSED\)/,
      ) as string,
    });
    expect(everythingOf(error)).not.toContain(server.key);
  });

  it("a key that the server does not know, or a server that repeats the key: it is shown nowhere", async () => {
    const secret = "sk-proj-secret-of-the-user-4711";
    const model = () => openai("gpt-4o-mini", { apiKey: secret, baseURL: server.url });
    server = await startOpenAI();
    const refused = await rejection(ask(model()));
    expect(refused).toMatchObject({ kind: "credentials_refused", status: 401 });
    // The server's own words show the first and last letters of it.
    expect(everythingOf(refused)).not.toMatch(/sk-proj-|4711/);
    await server.close();

    const words = `bad header authorization: Bearer ${secret}`;
    server = await startOpenAI({ cue: always(status(400, { words, headers: { "x-echo": secret } })) });
    const repeated = await rejection(ask(model()));
    expect(everythingOf(repeated)).not.toContain(secret);
    expect(repeated).toMatchObject({
      message: expect.stringContaining("bad header authorization") as string,
    });
  });

  it("an error in an answer with status 200, as routers send it", async () => {
    const body = JSON.stringify({ error: { message: "Provider returned error", code: 502 } });
    server = await startOpenAI({ cue: always(status(200, { body })) });
    const error = await rejection(ask(openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url })));
    expect(error).toMatchObject({
      kind: "server_error",
      isRetryable: true,
      status: undefined,
      requestId: "req_emulated_1",
      message: expect.stringContaining("Provider returned error") as string,
    });
  });
});

it.each(["Proxy response (407) !== 200 when HTTP Tunneling", "proxy authentication required"])(
  "a proxy on the way that wants to be logged in to is told apart, as far as fetch says so: %s",
  async (words) => {
    server = await startOpenAI();
    const fetch = () => Promise.reject(new TypeError("fetch failed", { cause: new Error(words) }));
    const model = openai("gpt-4o-mini", { apiKey: server.key, fetch });
    await expect(model.generate(question())).rejects.toMatchObject({
      kind: "permission_denied",
      isRetryable: false,
      status: 407,
      message: expect.stringMatching(/proxy .* logged in/) as string,
    });
  },
);

it("a prompt beyond the model's context is told as too long", async () => {
  server = await startOpenAI({ contextLength: 100 });
  const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
  await expect(model.generate(question())).rejects.toMatchObject({
    kind: "prompt_too_long",
    isRetryable: false,
  });
});

describe("servers have many words", () => {
  it.each([
    ["llama.cpp", 400, "the request exceeds the available context size, try increasing it"],
    ["vLLM", 400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."],
    ["LM Studio", 400, "The model is loaded with context length of only 4096 tokens, which is not enough."],
    ["Mistral", 400, "Prompt contains 40000 tokens, too large for model with 32768 maximum context length"],
    [
      "Gemini",
      400,
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ],
    ["Bedrock", 400, "Input is too long for requested model."],
    ["an older llama.cpp", 500, "context size exceeded"],
    [
      "Text Generation Inference",
      422,
      "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens",
    ],
  ])("for a prompt that is too long: %s", async (_name, code, words) => {
    server = await startOpenAI({ cue: always(status(code, { words })) });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    await expect(model.generate(question())).rejects.toMatchObject({ kind: "prompt_too_long", status: code });
  });

  it.each([
    ["Bedrock", "Too many tokens, please wait before trying again."],
    ["Gemini", "You exceeded your current quota, please check your plan and billing details. Retry in 34s."],
    [
      "Anthropic",
      "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
    ],
  ])("for a rate limit that passes: %s", async (_name, words) => {
    server = await startOpenAI({ cue: always(status(429, { code: "429", words })) });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    await expect(model.generate(question())).rejects.toMatchObject({
      kind: "rate_limited",
      isRetryable: true,
    });
  });

  it("for a model that is not there: OpenRouter", async () => {
    server = await startOpenAI({
      cue: always(status(400, { words: "gpt-4o-mini is not a valid model ID" })),
    });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    await expect(model.generate(question())).rejects.toMatchObject({ kind: "model_not_found" });
  });
});

it("a stream that breaks off behind its last word is an answer", async () => {
  server = await startOpenAI({ cue: ({ body }) => (body.includes('"stream"') ? torn : undefined) });
  const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
  const whole = await model.generate(question());
  const events = whole.text.split(" ").length;
  const torn: Fault = { kind: "torn-stream", afterEvents: 2 + Math.ceil(events / 6), how: "reset" };
  const texts: string[] = [];
  let finish: string | undefined;
  for await (const part of model.stream(question())) {
    if (part.kind === "text") texts.push(part.text);
    else finish = part.completion.finishReason;
  }
  expect(finish).toBe("stop");
  expect(texts.join("")).toBe(whole.text);
});
