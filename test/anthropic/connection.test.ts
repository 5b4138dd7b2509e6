import { Anthropic } from "@anthropic-ai/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anthropic } from "@gro/anthropic";
import { always, startAnthropic, type AnthropicEmulator } from "../emulators/index.js";
import { everythingOf, question, rejection, WAYS } from "../emulators/question.js";

let server: AnthropicEmulator;
beforeEach(async () => {
  server = await startAnthropic();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

describe("the key", () => {
  it.each([[undefined], [""], ["  "]])("is asked for when the model is made: %j", (apiKey) => {
    expect(() => anthropic("claude-haiku-4-5", { apiKey })).toThrow(
      expect.objectContaining({
        code: "model_failed",
        kind: "credentials_missing",
        isRetryable: false,
        message: expect.stringContaining("ANTHROPIC_API_KEY") as string,
      }),
    );
  });

  it("may have blanks around it, as from a file", async () => {
    const model = anthropic("claude-haiku-4-5", { apiKey: `${server.key}\n`, baseURL: server.url });
    await expect(model.generate(question())).resolves.toMatchObject({ finishReason: "stop" });
  });

  it("is refused unseen when it cannot be one", async () => {
    const apiKey = "sk-ant-copied…badly";
    const error = await rejection(Promise.resolve().then(() => anthropic("claude-haiku-4-5", { apiKey })));
    expect(error).toMatchObject({ kind: "credentials_refused" });
    expect(everythingOf(error)).not.toContain("copied");
  });
});

describe("the environment", () => {
  it("is not read: neither keys nor addresses, headers that sign, log levels or profiles", async () => {
    const elsewhere = await startAnthropic({ keys: ["sk-ant-of-the-environment"] });
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-ant-of-the-environment");
    vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "token-of-the-environment");
    vi.stubEnv("ANTHROPIC_BASE_URL", elsewhere.url);
    vi.stubEnv("ANTHROPIC_PROFILE", "nowhere");
    vi.stubEnv("ANTHROPIC_LOG", "debug");
    vi.stubEnv(
      "ANTHROPIC_CUSTOM_HEADERS",
      "authorization: Bearer sk-ant-of-the-environment\nx-api-key: sk-ant-of-the-environment",
    );
    const log = vi.spyOn(console, "debug").mockImplementation(() => undefined);
    expect(() => anthropic("claude-haiku-4-5")).toThrow(/ANTHROPIC_API_KEY/);

    await anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url }).generate(question());
    const { headers } = server.received[0] ?? {};
    expect(headers).toMatchObject({
      authorization: `Bearer ${server.key}`,
      "anthropic-version": "2026-10-21",
    });
    expect(headers).not.toHaveProperty("x-api-key");

    const seen: string[] = [];
    const fetch = (url: RequestInfo | URL) => {
      seen.push(url instanceof Request ? url.url : url.toString());
      return Promise.reject(new TypeError("fetch failed"));
    };
    await rejection(anthropic("claude-haiku-4-5", { apiKey: server.key, fetch }).generate(question()));
    expect(seen).toEqual(["https://api.anthropic.com/v1/messages"]);
    expect(elsewhere.received).toEqual([]);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
    await elsewhere.close();
  });
});

describe("the base URL", () => {
  it.each(["", "/", "/v1", "/v1/"])("works as host%s", async (end) => {
    const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: `${server.url}${end}` });
    await model.generate(question());
    expect(server.received[0]?.path).toBe("/v1/messages");
  });

  it("keeps a path in front of the API", async () => {
    const model = anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: `${server.url}/gateway/v1/` });
    await expect(model.generate(question())).rejects.toMatchObject({ kind: "model_not_found", status: 404 });
    expect(server.received[0]?.path).toBe("/gateway/v1/messages");
  });

  it.each(["localhost:8080", "not a url", "ftp://host", "http://host/?key=1"])(
    "%j is refused by name",
    (baseURL) => {
      expect(() => anthropic("claude-haiku-4-5", { apiKey: "sk-ant", baseURL })).toThrow(
        /baseURL.*http or https/,
      );
    },
  );

  it("does not show a password that stands in it", async () => {
    const make = () =>
      anthropic("claude-haiku-4-5", { apiKey: "sk-ant", baseURL: "https://me:hunter2@host/v1" });
    const error = await rejection(Promise.resolve().then(make));
    expect(error).toMatchObject({ code: "invalid_option", option: "baseURL" });
    expect(everythingOf(error)).not.toContain("hunter2");
  });
});

it.each(WAYS)("%s: waits for as long as the caller does, and asks once", async (_way, ask) => {
  const hurried = new Anthropic({ apiKey: server.key, baseURL: server.url, timeout: 20, maxRetries: 5 });
  await ask(anthropic("claude-haiku-4-5", { client: hurried }));
  expect(server.received[0]?.headers).toMatchObject({
    "x-stainless-timeout": "2147483",
    "x-stainless-retry-count": "0",
  });
});

describe("a client or a fetch of the caller's own", () => {
  it.each(WAYS)("%s: the fetch is used", async (_way, ask) => {
    const urls: unknown[] = [];
    const fetch: typeof globalThis.fetch = (url, init) => {
      urls.push(url);
      return globalThis.fetch(url, init);
    };
    await ask(anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url, fetch }));
    expect(urls).toEqual([`${server.url}/v1/messages`]);
  });

  it.each(WAYS)("%s: the client is used, without the retries that it is set to", async (_way, ask) => {
    await server.close();
    server = await startAnthropic({ cue: always({ kind: "status", status: 529 }) });
    const client = new Anthropic({ apiKey: server.key, baseURL: server.url, maxRetries: 5 });
    const error = await rejection(ask(anthropic("claude-haiku-4-5", { client })));
    expect(error).toMatchObject({ kind: "overloaded", isRetryable: true });
    expect(everythingOf(error)).not.toContain(server.key);
    expect(server.received).toHaveLength(1);
  });

  it("is not mixed with options that would mean nothing", () => {
    const client = new Anthropic({ apiKey: server.key });
    expect(() => anthropic("claude-haiku-4-5", { client, apiKey: server.key })).toThrow(/apiKey/);
    expect(() => anthropic("claude-haiku-4-5", { client, baseURL: server.url })).toThrow(/baseURL/);
    expect(() => anthropic("claude-haiku-4-5", { client: {} as never })).toThrow(/client/);
  });
});

describe("the id", () => {
  const idOf = (options: object) => anthropic("claude-haiku-4-5", { apiKey: "sk-ant", ...options }).id;

  it("names vendor and model, and every setting that changes answers", () => {
    expect(idOf({})).toBe("anthropic:claude-haiku-4-5");
    expect(idOf({ temperature: 0.2 })).toBe("anthropic:claude-haiku-4-5;temperature=0.2");
    expect(idOf({ temperature: 0, reasoningTokens: 500 })).toBe(
      "anthropic:claude-haiku-4-5;temperature=0;reasoningTokens=500",
    );
  });

  it("does not name the address: the same model elsewhere is the same model", () => {
    expect(idOf({ baseURL: "https://gateway.example" })).toBe(idOf({}));
  });

  it.each([
    ["temperature", { temperature: 1.5 }],
    ["temperature", { temperature: Number.NaN }],
    ["reasoningTokens", { reasoningTokens: -1 }],
    ["reasoningTokens", { reasoningTokens: 0.5 }],
  ])("a wrong %s is refused by name", (option, options) => {
    expect(() => idOf(options)).toThrow(expect.objectContaining({ code: "invalid_option", option }));
  });

  it("a model without a name is refused", () => {
    expect(() => anthropic(" ", { apiKey: "sk-ant" })).toThrow(/model/);
  });
});

describe("what no caller of TypeScript would pass", () => {
  const make = (options: unknown) =>
    rejection(Promise.resolve().then(() => anthropic("claude-haiku-4-5", options as never)));

  it("is told by name: options that are none", async () => {
    expect(await make(null)).toMatchObject({ code: "invalid_option", option: "options" });
  });

  it("is told by name: no key", async () => {
    expect(await make({ apiKey: null })).toMatchObject({ kind: "credentials_missing" });
  });

  it.each([[() => "sk-of-a-function"], [471_147_114_711], [{ key: "sk-in-an-object" }]])(
    "is told by name, unseen: a key that is no text, %j",
    async (apiKey) => {
      const error = await make({ apiKey, baseURL: "http://localhost:1" });
      expect(error).toMatchObject({ code: "invalid_option", option: "apiKey" });
      expect(everythingOf(error)).not.toMatch(/4711|sk-/);
    },
  );

  it.each([
    ["contextTokens", { contextTokens: 0 }],
    ["contextTokens", { contextTokens: "4096" }],
    ["reasoningTokens", { reasoningTokens: -1 }],
    ["fetch", { fetch: 5 }],
  ])("is told by name: %s in %j", async (option, options) => {
    expect(await make({ apiKey: "sk-some-key", ...options })).toMatchObject({
      code: "invalid_option",
      option,
    });
  });

  it.each(["localhost:11434/v1", "api.example.org/v1"])(
    "is told as it was given: a base URL without a scheme, %s",
    async (baseURL) => {
      expect(await make({ apiKey: "sk-some-key", baseURL })).toMatchObject({
        option: "baseURL",
        message: expect.stringContaining(`got "${baseURL}"`) as string,
      });
    },
  );
});
