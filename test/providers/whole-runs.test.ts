import { afterEach, describe, expect, it } from "vitest";
import { anthropic } from "@gro/anthropic";
import { openai } from "@gro/openai";
import {
  streamSummary,
  summarize,
  summaryEvents,
  tiktoken,
  type LanguageModel,
  type SummaryResult,
} from "@gro/summarizer";
import { virtualClock } from "@gro/summarizer/testing";
import {
  startAnthropic,
  startOpenAI,
  type AnthropicEmulator,
  type Fault,
  type OpenAIEmulator,
} from "../emulators/index.js";
import { everythingOf } from "../emulators/question.js";
import { prose, seededRandom } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(44_000, 60);

interface Run {
  readonly server: AnthropicEmulator | OpenAIEmulator;
  readonly model: LanguageModel;
}

type Settings = NonNullable<Parameters<typeof startAnthropic>[0]>;
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** Both providers through their official SDKs, over HTTP. */
const PROVIDERS: readonly (readonly [string, (settings?: Pick<Settings, "cue">) => Promise<Run>])[] = [
  [
    "anthropic",
    async (settings = {}) => {
      const server = await startAnthropic(settings);
      opened.push(server);
      return { server, model: anthropic("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url }) };
    },
  ],
  [
    "openai",
    async (settings = {}) => {
      const server = await startOpenAI(settings);
      opened.push(server);
      return { server, model: openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url }) };
    },
  ],
];

async function streamedResult(content: string, model: LanguageModel, targetTokens: number) {
  let shown = "";
  let result: SummaryResult | undefined;
  for await (const event of streamSummary(content, { model, targetTokens, tokenizer })) {
    if (event.kind === "textReset") shown = "";
    if (event.kind === "textDelta") shown += event.text;
    if (event.kind === "result") result = event.result;
  }
  return { shown, result };
}

describe.each(PROVIDERS)("a text of 60,000 tokens to 800 through %s", (_, start) => {
  it("comes to the same result streamed and not, and usage adds up to what was billed", async () => {
    expect(tokenizer.count(text)).toBeGreaterThan(60_000);
    const whole = await start();
    const plain = await summarize(text, { model: whole.model, targetTokens: 800, tokenizer });
    expect(plain.outputTokens).toBeLessThanOrEqual(800);
    expect(plain.outputTokens).toBeGreaterThan(600);
    const other = await start();
    const { shown, result } = await streamedResult(text, other.model, 800);
    expect(shown).toBe(plain.summary);
    expect({ ...result, createdAt: plain.createdAt }).toEqual(plain);
    for (const { server } of [whole, other]) {
      const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens } = server.billing.total;
      expect(plain.usage).toMatchObject({ inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens });
      expect(plain.usage.calls).toBe(server.billing.bills.length);
      expect(server.billing.billedTwice).toEqual([]);
    }
  });

  it.each<[string, Fault, number?]>([
    ["429 with retry-after", { kind: "status", status: 429, headers: { "retry-after": "7" } }, 7_000],
    [
      "429 with retry-after-ms",
      { kind: "status", status: 429, headers: { "retry-after-ms": "1234" } },
      1_234,
    ],
    ["500", { kind: "status", status: 500 }],
    ["529", { kind: "status", status: 529 }],
    ["408", { kind: "status", status: 408 }],
    ["a cut before the headers", { kind: "cut-before-headers" }],
    ["a cut in the body", { kind: "cut-mid-body" }],
  ])("goes on after %s, with one more call and the wait that was asked for", async (_name, fault, waits) => {
    const { server, model } = await start({ cue: ({ number }) => (number === 3 ? fault : undefined) });
    const events = summaryEvents();
    const afterMs: number[] = [];
    events.on("stepRetried", (event) => afterMs.push(event.afterMs));
    const clock = skippingClock();
    const result = await summarize(prose(8_000), { model, targetTokens: 300, tokenizer, events, clock });
    expect(server.received).toHaveLength(result.usage.calls + 1);
    expect(server.billing.billedTwice).toEqual([]);
    expect(afterMs).toHaveLength(1);
    if (waits !== undefined) expect(afterMs).toEqual([waits]);
  });

  it.each([400, 401, 403, 404])(
    "ends at once with a %i, which names all there is to name",
    async (status) => {
      const { server, model } = await start({
        cue: ({ number }) => (number === 1 ? { kind: "status", status } : undefined),
      });
      const options = { model, targetTokens: 300, tokenizer, maxConcurrency: 1 };
      const error: unknown = await summarize(prose(3_000), options).catch((thrown: unknown) => thrown);
      expect(server.received).toHaveLength(1);
      expect(error).toMatchObject({
        code: "step_failed",
        isRetryable: false,
        step: { kind: "map", key: expect.stringMatching(/^[\w-]{43}$/) as string },
        cause: { status, provider: model.id.split(":")[0], model: model.id.split(":")[1] },
      });
      expect((error as { cause: { requestId: unknown } }).cause.requestId).toEqual(expect.any(String));
      expect(everythingOf(error)).not.toContain(server.key);
    },
  );

  it("ends correct with half of the requests failing once, in at most 1.6 calls a step", async () => {
    const random = seededRandom(400);
    const failed = new Set<string>();
    const { server, model } = await start({
      cue: ({ body }) => {
        const isFirst = !failed.has(body);
        failed.add(body);
        return isFirst && random() < 0.5 ? { kind: "status", status: 503 } : undefined;
      },
    });
    const content = prose(44_000, 5);
    const options = { targetTokens: 900, tokenizer, chunkSize: 200, chunkOverlap: 20, maxConcurrency: 20 };
    const result = await summarize(content, { ...options, model, clock: skippingClock() });
    const calm = await start();
    const expected = await summarize(content, { ...options, model: calm.model });
    expect(result.summary).toBe(expected.summary);
    expect(calm.server.received.length).toBeGreaterThan(400);
    expect(server.received.length).toBeLessThanOrEqual(calm.server.received.length * 1.6);
    expect(server.billing.billedTwice).toEqual([]);
  });
});

/** Skips the waits between attempts, but lets calls over real sockets take the time they need. */
function skippingClock() {
  const clock = virtualClock();
  return {
    now: () => clock.now(),
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
      // The timeout of a call is 60 s: that one never comes. A wait between attempts is shorter.
      return milliseconds >= 60_000 ? clock.sleep(milliseconds, signal) : Promise.resolve();
    },
  };
}
