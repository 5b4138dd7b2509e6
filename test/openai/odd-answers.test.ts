import { afterEach, describe, expect, it } from "vitest";
import { openai } from "@gro/openai";
import { streamSummary, summarize, type Completion } from "@gro/summarizer";
import { always, startOpenAI, type OpenAIEmulator } from "../emulators/index.js";
import { question, rejection, streamed, WAYS, type StreamedAnswer } from "../emulators/question.js";
import { prose } from "../support/prose.js";

let server: OpenAIEmulator;
afterEach(() => server.close());

const KEY = "sk-proj-secret-of-the-user-4711";

async function answering(body: string, headers: Record<string, string> = {}) {
  server = await startOpenAI({ cue: always({ kind: "status", status: 200, body, headers }) });
  return openai("some-model", { apiKey: KEY, baseURL: server.url });
}

const chat = (content: string, rest: object = {}) =>
  JSON.stringify({ choices: [{ index: 0, message: { content }, finish_reason: "stop" }], ...rest });

/** A stream of events as a server sends them, each with the choices given. */
function eventStream(...choices: readonly (readonly object[])[]): string {
  const events = choices.map((some) => `data: ${JSON.stringify({ choices: some })}\n\n`);
  return `${events.join("")}data: [DONE]\n\n`;
}

const EVENTS = { "content-type": "text/event-stream" };
const piece = (content: string, index = 0) => ({ index, delta: { content } });
const end = { index: 0, delta: {}, finish_reason: "stop" };

describe.each(WAYS)("%s: a server that", (_way, ask) => {
  const completionOf = async (model: Parameters<typeof ask>[0]) => {
    const answer = await ask(model);
    return (answer as Partial<StreamedAnswer>).completion ?? (answer as Completion);
  };

  it("answers with JSON, whatever it was asked for, is understood", async () => {
    const completion = await completionOf(await answering(chat("Ferries ran.")));
    expect(completion).toMatchObject({ text: "Ferries ran.", finishReason: "stop" });
  });

  it.each([
    ["nothing", {}],
    ["zeros", { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }],
  ])("counts %s is estimated, since no prompt and no text has no tokens", async (_name, rest) => {
    const { usage } = await completionOf(await answering(chat("Ferries ran.", rest)));
    expect(usage.inputTokens).toBeGreaterThan(100);
    expect(usage.outputTokens).toBeGreaterThan(1);
  });

  it("counts no output beside a text is believed for the input alone", async () => {
    const usage = { prompt_tokens: 240, completion_tokens: 0 };
    const completion = await completionOf(await answering(chat("Ferries ran.", { usage })));
    expect(completion.usage.inputTokens).toBe(240);
    expect(completion.usage.outputTokens).toBeGreaterThan(1);
  });

  it("leaves the model's thoughts before the text is read without them", async () => {
    const model = await answering(chat("\n<think>\nLet me think.\n</think>\n\nFerries <think> ran."));
    expect((await completionOf(model)).text).toBe("Ferries <think> ran.");
  });

  it("has no body at all is told so", async () => {
    server = await startOpenAI();
    const fetch = () => Promise.resolve(new Response(null, { status: 204 }));
    expect(await rejection(ask(openai("some-model", { apiKey: KEY, fetch })))).toMatchObject({
      kind: "malformed_response",
      message: expect.stringContaining("no chat completion") as string,
    });
  });

  it.each([
    ["text", "The model is loading"],
    ["object", { message: "The model is loading", type: "overloaded_error" }],
  ])("answers with an error as %s is not taken for one that answered", async (_name, error) => {
    expect(await rejection(ask(await answering(JSON.stringify({ error }))))).toMatchObject({
      code: "model_failed",
      isRetryable: true,
      message: expect.stringContaining("loading") as string,
    });
  });

  it("sends the key back as its id of the request does not get it shown", async () => {
    const completion = await completionOf(await answering(chat("Ferries ran."), { "x-request-id": KEY }));
    expect(completion).not.toHaveProperty("requestId");
  });
});

describe("a stream", () => {
  it("is read without the thoughts at its beginning, however they are cut", async () => {
    const whole = "<think>Let me think.</think>\n\nThe <b> ferries ran.";
    for (const size of [1, 3, 7, 100]) {
      const pieces = whole.match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [];
      const body = eventStream(...pieces.map((text) => [piece(text)]), [end]);
      const { texts, completion } = await streamed(await answering(body, EVENTS));
      expect(completion.text).toBe("The <b> ferries ran.");
      expect(texts.join("")).toBe(completion.text);
      await server.close();
    }
  });

  it("that only begins like a thought loses nothing", async () => {
    const body = eventStream([piece("<th")], [end]);
    const { texts, completion } = await streamed(await answering(body, EVENTS));
    expect(completion.text).toBe("<th");
    expect(texts.join("")).toBe("<th");
  });

  it("is read for its first choice alone", async () => {
    const body = eventStream([piece("Ferries ")], [piece("Geese ", 1)], [piece("ran.")], [end]);
    expect((await streamed(await answering(body, EVENTS))).completion.text).toBe("Ferries ran.");
  });

  it("that a server makes of plain JSON gives the same summary as without", async () => {
    const options = { model: await answering(chat("Ferries ran.")), targetTokens: 100 };
    const { summary } = await summarize(prose(600), options);
    let streamedSummary: string | null = null;
    for await (const event of streamSummary(prose(600), options))
      if (event.kind === "result") streamedSummary = event.result.summary;
    expect(streamedSummary).toBe(summary);
  });
});

describe("an answer that cannot be used is told with the server's id of the request:", () => {
  const run = async (cue: Parameters<typeof always>[0]) => {
    server = await startOpenAI({ cue: always(cue) });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    return rejection(summarize(prose(600), { model, targetTokens: 100, maxConcurrency: 1 }));
  };

  it("a refusal", async () => {
    expect(await run({ kind: "refusal" })).toMatchObject({
      code: "completion_refused",
      requestId: "req_emulated_1",
      context: { model: "openai:gpt-4o-mini", requestId: "req_emulated_1" },
      message: expect.stringContaining("(request req_emulated_1)") as string,
    });
  });

  it("no text", async () => {
    expect(await run({ kind: "empty" })).toMatchObject({
      code: "completion_empty",
      requestId: "req_emulated_1",
    });
  });

  it("no text because thinking used up the limit, with what helps", async () => {
    const choices = [{ index: 0, message: { content: "" }, finish_reason: "length" }];
    const error = await run({ kind: "status", status: 200, body: JSON.stringify({ choices }) });
    expect(error).toMatchObject({
      code: "completion_cut",
      reason: "cut",
      requestId: "req_emulated_1",
      context: { finishReason: "length", maxOutputTokens: 182 },
      message: expect.stringMatching(/limit of 182 tokens.*reasoningTokens.*reasoningEffort/) as string,
    });
  });

  it("a prompt that the server cut", async () => {
    server = await startOpenAI({
      cue: always({ kind: "strange-usage", usage: { prompt_tokens: 3, completion_tokens: 3 } }),
    });
    const model = openai("gpt-4o-mini", { apiKey: server.key, baseURL: server.url });
    expect(await rejection(model.generate(question()))).toMatchObject({
      kind: "prompt_was_cut",
      requestId: "req_emulated_1",
    });
  });
});

it("a server that refuses every request as too large is not asked for ever", async () => {
  server = await startOpenAI({ cue: always({ kind: "status", status: 413 }) });
  const model = openai("some-model", { apiKey: server.key, baseURL: server.url });
  const error = await rejection(summarize(prose(1_100), { model, targetTokens: 300 }));
  expect(error).toMatchObject({ code: "step_failed", cause: { kind: "prompt_too_long" } });
  expect(server.received.length).toBeLessThanOrEqual(31);
});
