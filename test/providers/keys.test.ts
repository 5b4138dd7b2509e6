import { Anthropic } from "@anthropic-ai/sdk";
import { APICallError } from "ai";
import { MockLanguageModelV2 } from "ai/test";
import fc from "fast-check";
import { OpenAI } from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "@gro/anthropic";
import { openai } from "@gro/openai";
import { fromAiSdk, fromLangChain, summarize, summaryEvents, type LanguageModel } from "@gro/summarizer";
import { virtualClock } from "@gro/summarizer/testing";
import { always, startAnthropic, startOpenAI, type StatusFault } from "../emulators/index.js";
import { everythingOf, question, rejection, WAYS } from "../emulators/question.js";
import { prose } from "../support/prose.js";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** Keys as gateways and servers of one's own hand them out: they look like nothing in particular. */
const KEYS = ["hunter2hunter2", "my-secret-key-123", "0123456789abcdef", "p4ssw0rd", "Zm9vYmFyYmF6cXV4"];

/** Answers that send the key back. */
const answers = (key: string): readonly StatusFault[] => [
  { kind: "status", status: 401, words: `Incorrect API key provided: ${key}. See https://example.org/keys.` },
  { kind: "status", status: 403, words: `${key} may not use this model` },
  { kind: "status", status: 400, words: `bad header x-gateway-auth: Bearer ${key}` },
  { kind: "status", status: 400, words: `caller '${key}' is not known here` },
  { kind: "status", status: 404, words: `no route for "${key}"` },
  { kind: "status", status: 429, words: `Rate limit reached for ${key} on requests: Limit 500, Used 500.` },
  {
    kind: "status",
    status: 500,
    words: `upstream/${key} said no (user=${key}, https://${key}@host/${key}?k=${key})`,
  },
  { kind: "status", status: 200, body: `{"error":{"message":"no such caller: ${key}","code":502}}` },
];

type Make = (key: string, fault: StatusFault) => Promise<LanguageModel>;

const HOLDERS: readonly (readonly [string, Make])[] = [
  [
    "a client of OpenAI's SDK with a key that is fetched for every call",
    async (key, fault) => {
      const server = await startOpenAI({ cue: always(fault) });
      opened.push(server);
      const client = new OpenAI({ apiKey: () => Promise.resolve(key), baseURL: `${server.url}/v1` });
      return openai("gpt-4o-mini", { client });
    },
  ],
  [
    "a client of OpenAI's SDK that signs in a header of its own",
    async (key, fault) => {
      const server = await startOpenAI({ cue: always(fault) });
      opened.push(server);
      const defaultHeaders = { "X-Gateway-Auth": key, Authorization: null };
      return openai("gpt-4o-mini", {
        client: new OpenAI({ apiKey: "unused", defaultHeaders, baseURL: `${server.url}/v1` }),
      });
    },
  ],
  [
    "a fetch that signs by itself",
    async (key, fault) => {
      const server = await startOpenAI({ cue: always(fault) });
      opened.push(server);
      const fetch: typeof globalThis.fetch = (url, init) => {
        const headers = new Headers(init?.headers);
        headers.set("x-gateway-auth", key);
        return globalThis.fetch(url, { ...init, headers });
      };
      return openai("gpt-4o-mini", { baseURL: server.url, fetch });
    },
  ],
  [
    "a client of Anthropic's SDK with a key that is fetched for every call",
    async (key, fault) => {
      const server = await startAnthropic({ cue: always(fault) });
      opened.push(server);
      const client = new Anthropic({ apiKey: () => Promise.resolve(key), baseURL: server.url });
      return anthropic("claude-haiku-4-5", { client });
    },
  ],
  [
    "a model of the AI SDK",
    async (_key, { status, words = "", body }) => {
      const error = new APICallError({
        message: body ?? words,
        url: "https://api.example.org",
        requestBodyValues: {},
        statusCode: status === 200 ? 500 : status,
        responseBody: body ?? words,
      });
      return fromAiSdk(new MockLanguageModelV2({ doGenerate: () => Promise.reject(error) }));
    },
  ],
  [
    "a chat model of LangChain",
    async (_key, { status, words = "", body }) =>
      fromLangChain({
        invoke: () => Promise.reject(Object.assign(new Error(body ?? words), { status })),
      }),
  ],
  [
    "a chat model of LangChain that throws an error of its own",
    async (_key, { words = "", body }) =>
      fromLangChain({ invoke: () => Promise.reject(new TypeError(body ?? words)) }),
  ],
];

describe.each(HOLDERS)("%s, whose server sends the key back", (_name, make) => {
  it.each(KEYS)("shows it nowhere: %s", async (key) => {
    for (const fault of answers(key)) {
      const model = await make(key, fault);
      for (const [way, ask] of WAYS) {
        if (way === "stream" && model.stream === undefined) continue;
        const error = await rejection(ask(model));
        expect(everythingOf(error), `${way}: ${fault.words ?? ""}`).not.toContain(key);
        // Nor a part of it that would be worth something.
        expect(everythingOf(error)).not.toContain(key.slice(0, 8));
      }
    }
  });

  it("shows it in no event and no error of a run", async () => {
    const key = "hunter2hunter2";
    const model = await make(key, { kind: "status", status: 429, words: `Slow down, ${key}` });
    const events = summaryEvents();
    const told: unknown[] = [];
    events.on("stepRetried", (event) => told.push(event));
    const error = await rejection(
      summarize(prose(600), { model, targetTokens: 100, events, clock: virtualClock({ jumps: true }) }),
    );
    expect([error, ...told].map(everythingOf).join()).not.toContain(key);
  });
});

/** Not everyone throws errors. */
async function rejecting(thrown: unknown): Promise<never> {
  throw thrown;
}

describe("a key that can be read off its holder", () => {
  it("is left out though it looks like a word, and the words around it stay", async () => {
    const words = "The server swordfish is not ready yet";
    const server = await startOpenAI({ cue: always({ kind: "status", status: 503, words }) });
    opened.push(server);
    const client = new OpenAI({
      apiKey: "unused",
      defaultHeaders: { "X-Gateway-Auth": "swordfish" },
      baseURL: `${server.url}/v1`,
    });
    expect(await rejection(openai("gpt-4o-mini", { client }).generate(question()))).toMatchObject({
      message: expect.stringContaining("The server [key] is not ready yet") as string,
    });
    const langChain = Object.assign(
      { invoke: () => Promise.reject(Object.assign(new Error(words), { status: 503 })) },
      { lc_kwargs: { clientConfig: { apiKey: "swordfish" } } },
    );
    const error = await rejection(fromLangChain(langChain).generate(question()));
    expect(everythingOf(error)).not.toContain("swordfish");
  });

  it.each(["ab-c", "a/b=", "(k.1)", "x+y?", "$^|[{}", "\\w*", "key", "sk"])(
    "is left out though it is short, and not out of other words: %s",
    async (apiKey) => {
      const words = `The skilled server ${apiKey} said no to '${apiKey}', my friend`;
      const server = await startOpenAI({ cue: always({ kind: "status", status: 500, words }) });
      opened.push(server);
      const error = await rejection(
        openai("gpt-4o-mini", { apiKey, baseURL: server.url }).generate(question()),
      );
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /The skilled server \[(key|…)\] said no to '\[(key|…)\]', my friend/,
        ) as string,
      });
    },
  );

  it("is left out of an error that holds the request, though its words are harmless", async () => {
    const error = Object.assign(new Error("It failed"), {
      config: { headers: { Authorization: "Bearer swordfish" } },
    });
    const told = await rejection(fromLangChain({ invoke: () => Promise.reject(error) }).generate(question()));
    expect(told).toMatchObject({
      code: "model_failed",
      message: expect.stringContaining("It failed") as string,
    });
    expect(everythingOf(told)).not.toContain("swordfish");
  });

  it("is left out of what lies under an error, whatever was thrown there", async () => {
    for (const thrown of [
      "hunter2hunter2",
      new Error("It failed", { cause: "hunter2hunter2" }),
      new Error("It failed", { cause: new Error("because of hunter2hunter2") }),
      Object.assign(new Error("It failed"), { details: [{ url: "https://host/hunter2hunter2" }] }),
    ]) {
      const told = await rejection(fromLangChain({ invoke: () => rejecting(thrown) }).generate(question()));
      expect(everythingOf(told)).not.toContain("hunter2");
    }
  });

  it("is left out of an error of the caller's own code, which still says where it was thrown", async () => {
    function mistakeInMiddleware(): never {
      throw Object.assign(new TypeError("Cannot read hunter2hunter2"), { url: "https://host/?k=swordfish" });
    }
    const told = await rejection(
      fromLangChain({ invoke: async () => mistakeInMiddleware() }).generate(question()),
    );
    expect(told).toMatchObject({
      code: "model_failed",
      isRetryable: false,
      message: expect.stringContaining("TypeError: Cannot read […]") as string,
      stack: expect.stringContaining("at mistakeInMiddleware") as string,
    });
    expect(everythingOf(told)).not.toMatch(/hunter2|swordfish/u);
  });

  it("is left out of the id of a request", async () => {
    const fault: StatusFault = { kind: "status", status: 500, headers: { "x-request-id": "swordfish" } };
    const server = await startOpenAI({ cue: always(fault) });
    opened.push(server);
    const model = openai("gpt-4o-mini", { apiKey: "swordfish", baseURL: server.url });
    expect(everythingOf(await rejection(model.generate(question())))).not.toContain("swordfish");
  });
});

describe("an address with a key in its path", () => {
  it("is told without the path", async () => {
    const fault: StatusFault = { kind: "status", status: 404, words: "Not found" };
    const server = await startOpenAI({ cue: always(fault) });
    opened.push(server);
    const model = openai("gpt-4o-mini", { baseURL: `${server.url}/hunter2hunter2/v1` });
    const error = await rejection(model.generate(question()));
    expect(error).toMatchObject({ message: expect.stringContaining(`at ${server.url}/…`) as string });
    expect(everythingOf(error)).not.toContain("hunter2");
  });

  it("is not shown when it is no address at all", async () => {
    for (const baseURL of ["hunter2hunter2", "https//me:hunter2hunter2@host"]) {
      const error = await rejection(Promise.resolve().then(() => openai("gpt-4o-mini", { baseURL })));
      expect(error).toMatchObject({ code: "invalid_option", option: "baseURL" });
      expect(everythingOf(error)).not.toContain("hunter2");
    }
  });
});

/** What a model says when its provider has said these words. */
async function said(status: number, words: string): Promise<string> {
  const error = Object.assign(new Error(words), { status });
  const model = fromLangChain(
    Object.assign({ invoke: () => Promise.reject(error) }, { model: "my-model:v2.1" }),
  );
  const told = await rejection(model.generate(question()));
  return told instanceof Error ? (/the provider says: (.*) \(status/su.exec(told.message)?.[1] ?? "") : "";
}

describe("of a provider's words", () => {
  it.each([
    [400, "Unsupported value: 'temperature' is 0.5, must be 1."],
    [400, "messages.0.content: text content blocks must be non-empty"],
    [400, "max_tokens: 40000 > 8192, which is the maximum for claude-haiku-4-5-20251001"],
    [404, "model: my-model:v2.1"],
    [404, "The model `gpt-4o-mini-2024-07-18` does not exist"],
    [404, "The models o4-mini and o1-preview-2024-09-12 do not exist"],
    [404, "The model meta-llama/Llama-3.2-1B-Instruct is not loaded"],
    [429, "Limit 500, Used 500, Requested 1. Please try again in 1.5s."],
    [429, "This request would exceed your organization's rate limit of 50,000 input tokens per minute."],
    [500, "An error occurred (request id: 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9, req_011CXyz4Ab)"],
    [400, "This model's maximum context length is 128000 tokens. However, you requested 140000 tokens."],
    [400, "API key not valid. Please pass a valid API key."],
    [404, "model not found: 模型不存在"],
    [500, "see https://status.example.org:8080"],
    [400, "The input token count exceeds the maximum number of tokens allowed (1048576)."],
  ])("all that cannot be a key is shown: %i %s", async (status, words) => {
    expect(await said(status, words)).toBe(words);
  });

  it.each([
    [
      403,
      "Project proj_Ab12 does not have access to model gpt-4o",
      "Project […] does not have access to model gpt-4o",
    ],
    [400, "Please pass a valid API key, not swordfish.", "Please pass a valid API key, not […]."],
    [429, "Rate limit for org-4f2a on tokens per min", "Rate limit for […] on tokens per min"],
    [400, "caller O1-aaaaaaa is not known", "caller […] is not known"],
    [500, "see https://example.org/a/b?c=d", "see https://example.org/…"],
    [500, "lost sk-ant...wxyz and ab***yz here we are", "lost […] and […] here we are"],
  ])("the rest stays readable: %i %s", async (status, words, shown) => {
    expect(await said(status, words)).toBe(shown);
  });

  it("nothing is shown when most of it might be a key", async () => {
    expect(await said(403, "swordfish barracuda token mackerel")).toBe("");
  });

  it("no key is shown that has a digit in it, or stands beside a word for keys", async () => {
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    const signs = [...letters, ..."0123456789-_".split("")];
    const key = fc
      .array(fc.constantFrom(...signs), { minLength: 8, maxLength: 64 })
      .map((parts) => parts.join(""))
      .filter((text) => /^[a-zA-Z0-9].*[a-zA-Z0-9]$/u.test(text));
    await fc.assert(
      fc.asyncProperty(
        key,
        fc.constantFrom(
          (secret: string) => `caller ${secret} is not known`,
          (secret: string) => `Incorrect API key provided: ${secret}.`,
          (secret: string) => `invalid header (x-key:${secret})`,
          (secret: string) => `{"authorization":"Bearer ${secret}"}`,
          (secret: string) => `wrong token=${secret}&user=me`,
        ),
        async (secret, write) => {
          fc.pre(/\d.*\D|\D.*\d/u.test(secret) || !write("").startsWith("caller"));
          expect(await said(400, write(secret))).not.toContain(secret);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
