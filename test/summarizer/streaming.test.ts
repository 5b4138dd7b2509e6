import { describe, expect, it } from "vitest";
import {
  memoryMemo,
  streamSummary,
  summarize,
  tiktoken,
  type SummarizeOptions,
  type SummaryStreamEvent,
} from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock, type Behaviour } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(12_000);

async function collect(options: Partial<SummarizeOptions> = {}, content = text) {
  const events: SummaryStreamEvent[] = [];
  const model = scriptedModel({ tokenizer });
  for await (const event of streamSummary(content, { model, targetTokens: 300, tokenizer, ...options }))
    events.push(event);
  return events;
}

/** What a reader of the deltas has on the screen in the end. */
function textOf(events: readonly SummaryStreamEvent[]): string {
  let shown = "";
  for (const event of events) {
    if (event.kind === "textReset") shown = "";
    if (event.kind === "textDelta") shown += event.text;
  }
  return shown;
}

function resultOf(events: readonly SummaryStreamEvent[]) {
  const last = events.at(-1);
  if (last?.kind !== "result") throw new Error("The result comes last.");
  return last.result;
}

describe("a stream", () => {
  it("tells the plan, every chunk and merge, the text, and the result last", async () => {
    const events = await collect();
    const kinds = events.map(({ kind }) => kind);
    expect(kinds[0]).toBe("planned");
    expect(kinds.filter((kind) => kind === "result")).toHaveLength(1);
    const planned = events[0];
    if (planned?.kind !== "planned") throw new Error("The plan comes first.");
    expect(kinds.filter((kind) => kind === "chunkSummarized")).toHaveLength(planned.chunks);
    expect(kinds.filter((kind) => kind === "mergeDone")).toHaveLength(planned.merges);
    expect(kinds.filter((kind) => kind === "textDelta").length).toBeGreaterThan(50);
    expect(textOf(events)).toBe(resultOf(events).summary);
  });

  it("has the same result as the call without a stream", async () => {
    const clock = virtualClock();
    for (const targetTokens of [50, 300, 1_200, 4_000, 100_000]) {
      const events = await collect({ targetTokens, clock });
      const model = scriptedModel({ tokenizer });
      expect(resultOf(events)).toEqual(await summarize(text, { model, targetTokens, tokenizer, clock }));
      expect(textOf(events)).toBe(resultOf(events).summary);
    }
  });

  it.each<Behaviour>(["verbose", "echo", "terse", "expanding"])(
    "shows the summary in the end, also when drafts of a model that is %s were shortened or trimmed",
    async (behaviour) => {
      for (const targetTokens of [20, 300, 4_000]) {
        const events = await collect({ model: scriptedModel({ behaviour, tokenizer }), targetTokens });
        expect(textOf(events)).toBe(resultOf(events).summary);
      }
    },
  );

  it("tells several roots in their order, whichever is written first", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: (call) => 1_000 - call * 7 });
    const events = await collect({ model, clock, targetTokens: 4_000, maxConcurrency: 50 });
    expect(events.some(({ kind }) => kind === "textReset")).toBe(false);
    expect(textOf(events)).toBe(resultOf(events).summary);
  });

  it("starts the text again when the call that wrote it breaks off", async () => {
    const plain = scriptedModel({ tokenizer });
    let breaks = 1;
    const model = {
      ...plain,
      async *stream(request: Parameters<typeof plain.generate>[0]) {
        yield { kind: "text" as const, text: "A draft that never " };
        if (request.system.startsWith("You merge") && breaks-- > 0) {
          throw new ScriptedError("connection lost", { isRetryable: true });
        }
        const completion = await plain.generate(request);
        yield { kind: "text" as const, text: completion.text };
        yield { kind: "completion" as const, completion };
      },
    };
    const events = await collect({ model, clock: virtualClock({ jumps: true }) });
    expect(events.some(({ kind }) => kind === "textReset")).toBe(true);
    expect(textOf(events)).toBe(resultOf(events).summary);
  });

  it("that ends without a completion is an error that may be retried, never a short summary", async () => {
    const model = {
      ...scriptedModel({ tokenizer }),
      async *stream() {
        await Promise.resolve();
        yield { kind: "text" as const, text: "Half of it" };
      },
    };
    await expect(collect({ model, retry: { retries: 0 } })).rejects.toMatchObject({
      cause: { code: "stream_broken" },
    });
  });

  it("works with a model that cannot stream, and with a memo that knows everything", async () => {
    const { stream: _, ...model } = scriptedModel({ tokenizer });
    const memo = memoryMemo();
    expect(textOf(await collect({ model, memo }))).toBe(textOf(await collect({ model, memo })));
    const events = await collect({ model, memo });
    expect(resultOf(events).usage.calls).toBe(0);
    expect(textOf(events)).toBe(resultOf(events).summary);
  });

  it("of content that fits is the content; of blank content it is only the result", async () => {
    expect(textOf(await collect({}, "Short enough."))).toBe("Short enough.");
    const blank = await collect({}, "  ");
    expect(blank.map(({ kind }) => kind)).toEqual(["planned", "result"]);
  });
});

describe("a consumer of a stream", () => {
  it("that stops early cancels the calls", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: 100 });
    const options = { model, targetTokens: 300, tokenizer, clock, maxConcurrency: 2 };
    for await (const { kind } of streamSummary(text, options)) if (kind === "chunkSummarized") break;
    const started = model.requests.length;
    expect(started).toBeLessThanOrEqual(5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(model.requests).toHaveLength(started);
    expect(model.requests.at(-1)?.signal?.aborted).toBe(true);
  });

  it("that stops while it waits for the next event cancels the calls at once", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const model = {
      id: "hanging",
      generate: ({ signal }: { signal?: AbortSignal }) => {
        signals.push(signal);
        return new Promise<never>(() => undefined);
      },
    };
    const events = streamSummary(text, { model, targetTokens: 300, tokenizer });
    expect((await events.next()).value).toMatchObject({ kind: "planned" });
    const pending = events.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await events.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(signals).toHaveLength(5);
    expect(signals.every((signal) => signal?.aborted)).toBe(true);
  });

  it("gets the errors that summarize would reject with", async () => {
    await expect(collect({ chunkSize: 1 })).rejects.toMatchObject({ code: "invalid_option" });
    const broken = scriptedModel({ tokenizer, cue: () => new Error("gone") });
    await expect(collect({ model: broken })).rejects.toMatchObject({ code: "step_failed" });
  });

  it("can stop it by a signal too", async () => {
    const signal = AbortSignal.abort(new Error("not now"));
    await expect(collect({ signal })).rejects.toThrow("not now");
  });
});
