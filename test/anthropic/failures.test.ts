import { afterEach, describe, expect, it, vi } from "vitest";
import { anthropic } from "@gro/anthropic";
import { ModelError, type Completion, type ModelErrorKind } from "@gro/summarizer";
import { always, startAnthropic, type AnthropicEmulator, type Fault } from "../emulators/index.js";
import {
  CONTENT_SAMPLE,
  everythingOf,
  question,
  rejection,
  WAYS,
  type StreamedAnswer,
} from "../emulators/question.js";

let server: AnthropicEmulator;
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

const credit = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.";
const spend = {
  error: {
    type: "rate_limit_error",
    message: "Limit",
    details: { error_code: "enforced_spend_limit_reached" },
  },
};
const quoting = `messages.0.content: ${question().prompt.slice(60, 160)} is not allowed`;

const cases: readonly (readonly [string, Fault, Expected])[] = [
  [
    "a wrong key",
    status(401),
    { kind: "credentials_refused", isRetryable: false, status: 401, message: /ANTHROPIC_API_KEY/ },
  ],
  [
    "no permission",
    status(403),
    { kind: "permission_denied", isRetryable: false, status: 403, message: /no permission/ },
  ],
  [
    "an unknown model",
    status(404),
    { kind: "model_not_found", isRetryable: false, status: 404, message: /claude-haiku-4-5.*no such model/ },
  ],
  [
    "a malformed request",
    status(400, { words: "temperature: Extra inputs are not permitted" }),
    { kind: "invalid_request", isRetryable: false, status: 400, message: /temperature: Extra inputs/ },
  ],
  [
    "words that quote the content",
    status(400, { words: quoting }),
    { kind: "invalid_request", isRetryable: false, status: 400, message: /refused as invalid/ },
  ],
  [
    "a request that is too large",
    status(413),
    { kind: "prompt_too_long", isRetryable: false, status: 413, message: /chunkSize/ },
  ],
  [
    "a prompt that is too long",
    status(400, { words: "prompt is too long: 210000 tokens > 200000 maximum" }),
    { kind: "prompt_too_long", isRetryable: false, status: 400, message: /210000 tokens > 200000/ },
  ],
  [
    "no credit, as an invalid request",
    status(400, { words: credit }),
    { kind: "out_of_credit", isRetryable: false, status: 400, message: /no credit/ },
  ],
  [
    "no credit, as a billing error",
    status(402),
    { kind: "out_of_credit", isRetryable: false, status: 402, message: /billing page/ },
  ],
  [
    "a spend limit, as a rate limit",
    status(429, { body: JSON.stringify(spend) }),
    { kind: "out_of_credit", isRetryable: false, status: 429, message: /spend limit/ },
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
    "a rate limit with a date that has passed",
    status(429, { headers: { "retry-after": new Date(NOW - 30_000).toUTCString() } }),
    { kind: "rate_limited", isRetryable: true, status: 429, message: /rate limit/ },
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
    { kind: "server_error", isRetryable: true, status: 500, message: /Internal server error/ },
  ],
  [
    "a bad gateway's page",
    status(502, { body: "<html><body>Bad gateway</body></html>" }),
    { kind: "server_error", isRetryable: true, status: 502, message: /provider failed; ask again later \(/ },
  ],
  [
    "an overload",
    status(529, { headers: { "retry-after": "2" } }),
    { kind: "overloaded", isRetryable: true, status: 529, retryAfterMs: 2_000, message: /overloaded/ },
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
    { kind: "torn-stream", afterEvents: 5, how: "reset" },
    { kind: "connection_lost", isRetryable: true, message: /connection/ },
  ],
  [
    "a stream that ends early in good order",
    { kind: "torn-stream", afterEvents: 5, how: "end" },
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
    { kind: "error-in-stream", afterEvents: 4, type: "api_error", words: "Internal server error" },
    { kind: "server_error", isRetryable: true, message: /Internal server error/ },
  ],
];

const hasAnswer = ({ kind }: Fault) =>
  kind !== "cut-before-headers" && kind !== "cut-mid-body" && kind !== "torn-stream";

describe.each(WAYS)("%s, when there is", (way, ask) => {
  it.each([...cases, ...(way === "stream" ? streamCases : [])])("%s", async (_name, fault, expected) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    server = await startAnthropic({ cue: always(fault) });
    const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url, now: () => NOW });
    const error = await rejection(ask(model));

    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      code: "model_failed",
      provider: "anthropic",
      model: "claude-haiku-4-5",
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
    server = await startAnthropic();
    await server.close();
    const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url });
    const error = await rejection(ask(model));
    expect(error).toMatchObject({
      kind: "connection_lost",
      message: expect.stringMatching(
        /nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
      ) as string,
    });
    expect(everythingOf(error)).not.toContain(server.key);
  });

  it("a key that the server does not know, or a server that repeats the key: it is shown nowhere", async () => {
    const secret = "sk-ant-secret-of-the-user-4711";
    const model = () => anthropic("claude-haiku-4-5", { apiKey: secret, baseURL: server.url });
    server = await startAnthropic();
    const refused = await rejection(ask(model()));
    expect(refused).toMatchObject({ kind: "credentials_refused", status: 401 });
    expect(everythingOf(refused)).not.toContain(secret);
    await server.close();

    const words = `bad header authorization: Bearer ${secret}`;
    server = await startAnthropic({ cue: always(status(400, { words, headers: { "x-echo": secret } })) });
    const repeated = await rejection(ask(model()));
    expect(everythingOf(repeated)).not.toContain(secret);
    expect(repeated).toMatchObject({
      message: expect.stringContaining("bad header authorization") as string,
    });
  });
});

describe.each(WAYS)("%s: an answer with status 200", (_way, ask) => {
  const answering = async (body: object) => {
    server = await startAnthropic({ cue: always(status(200, { body: JSON.stringify(body) })) });
    return ask(anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url }));
  };

  it("that is an error, as gateways send it, is told as one", async () => {
    const body = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(await rejection(answering(body))).toMatchObject({
      kind: "overloaded",
      isRetryable: true,
      requestId: "req_emulated_1",
    });
  });

  it("that comes whole is read, whether a stream was asked for or not", async () => {
    const usage = { input_tokens: 0, output_tokens: 0 };
    const content = [{ type: "text", text: "Ferries ran." }];
    const answer = await answering({ type: "message", content, stop_reason: "end_turn", usage });
    const completion = (answer as Partial<StreamedAnswer>).completion ?? (answer as Completion);
    expect(completion).toMatchObject({ text: "Ferries ran.", finishReason: "stop" });
    // Neither a prompt nor a text has no tokens.
    expect(completion.usage.inputTokens).toBeGreaterThan(100);
    expect(completion.usage.outputTokens).toBeGreaterThan(1);
  });
});

it("a temperature that the API's version refuses is told so", async () => {
  server = await startAnthropic();
  const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url, temperature: 0.2 });
  await expect(model.generate(question())).rejects.toMatchObject({
    kind: "invalid_request",
    message: expect.stringContaining("temperature: Extra inputs are not permitted") as string,
  });
});

it("a prompt beyond the model's context is told as too long", async () => {
  server = await startAnthropic({ contextLength: 100 });
  const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url });
  await expect(model.generate(question())).rejects.toMatchObject({
    kind: "prompt_too_long",
    isRetryable: false,
  });
});
