import { describe, expect, it } from "vitest";
import { memoryMemo, summarize, tiktoken, type Completion, type LanguageModel } from "@gro/summarizer";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(20_000);

describe("a caller can stop a run", () => {
  it("after which no further call starts and the promise rejects with the signal's reason", async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const model = scriptedModel({ tokenizer, clock, latencyMs: 100 });
    const run = summarize(text, { model, targetTokens: 300, tokenizer, clock, signal: controller.signal });
    const outcome = run.catch((error: unknown) => error);
    await clock.advance(250);
    const started = model.requests.length;
    expect(started).toBe(15);
    const reason = new Error("the user went home");
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    await clock.advance(100_000);
    expect(model.requests).toHaveLength(started);
    expect(clock.sleeping).toBe(0);
  });

  it("and calls under way are told", async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const model = {
      id: "waiting",
      generate: ({ signal }: { signal?: AbortSignal }) =>
        new Promise<never>((_, reject) => {
          signal?.addEventListener("abort", () => {
            reasons.push(signal.reason);
            reject(new Error("stopped"));
          });
          if (reasons.length === 0) queueMicrotask(() => controller.abort("enough"));
        }),
    };
    const run = summarize(text, {
      model,
      targetTokens: 300,
      tokenizer,
      signal: controller.signal,
      maxConcurrency: 1,
    });
    await expect(run).rejects.toBe("enough");
    expect(reasons).toEqual(["enough"]);
  });

  it("from outside, though its model computes here and never waits", async () => {
    // Once is no proof: timers that come due while a model computes can keep the event loop busy, or not.
    for (let times = 0; times < 10; times += 1) {
      const controller = new AbortController();
      const scripted = scriptedModel({ tokenizer });
      const model: LanguageModel = {
        id: "computing",
        generate(request) {
          const until = performance.now() + 13;
          while (performance.now() < until);
          return scripted.generate(request);
        },
      };
      // Sockets and signals of the system are heard in turns of the event loop, as these are.
      const countDown = (turns: number) => {
        if (turns === 0) controller.abort("enough");
        else setImmediate(() => countDown(turns - 1));
      };
      countDown(5);
      const options = { model, targetTokens: 300, tokenizer, chunkSize: 400, signal: controller.signal };
      await expect(summarize(text, { ...options, maxConcurrency: 5 })).rejects.toBe("enough");
      expect(scripted.requests.length).toBeLessThan(50);
    }
  });

  it("before it starts", async () => {
    const model = scriptedModel({ tokenizer });
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(summarize(text, { model, signal, tokenizer })).rejects.toThrow("too late");
    expect(model.requests).toHaveLength(0);
  });

  it("while a call waits to be made again", async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const busy = Object.assign(new Error("busy"), { isRetryable: true });
    const model = scriptedModel({ tokenizer, cue: () => busy });
    const options = {
      model,
      targetTokens: 300,
      tokenizer,
      clock,
      maxConcurrency: 1,
      signal: controller.signal,
    };
    const outcome = summarize(text, options).catch((error: unknown) => error);
    await clock.advance(10);
    expect(model.requests).toHaveLength(1);
    controller.abort("stop waiting");
    expect(await outcome).toBe("stop waiting");
    await clock.advance(60_000);
    expect(model.requests).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });
});

describe("a run whose model and memo answer at once", () => {
  it("lets timers have their turn, so that one can stop it", async () => {
    const controller = new AbortController();
    const model = scriptedModel({
      tokenizer,
      cue: (_, call) => {
        if (call === 5) setTimeout(() => controller.abort(new Error("time is up")), 0);
        return undefined;
      },
    });
    const options = { model, targetTokens: 300, tokenizer, signal: controller.signal };
    await expect(summarize(prose(250_000, 8), options)).rejects.toThrow("time is up");
    expect(model.requests.length).toBeLessThan(200);
  });

  it("stops while the tokenizer is loading, even if that never ends", async () => {
    const controller = new AbortController();
    const stuck = { id: "stuck", count: () => 1, load: () => new Promise<void>(() => undefined) };
    const run = summarize(text, { model: scriptedModel(), tokenizer: stuck, signal: controller.signal });
    controller.abort("enough");
    await expect(run).rejects.toBe("enough");
  });

  it("survives a model that stops the run and then throws at once", async () => {
    const controller = new AbortController();
    const model = {
      id: "rude",
      generate: () => {
        controller.abort(new Error("I stop"));
        throw new Error("and throw");
      },
    };
    const run = summarize(text, { model, targetTokens: 300, tokenizer, signal: controller.signal });
    await expect(run).rejects.toThrow("I stop");
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe("a run that fails", () => {
  it("hands the model's error on as the cause, with the step, and keeps what was paid for", async () => {
    const clock = virtualClock();
    const memo = memoryMemo();
    let stored = 0;
    const counting = {
      get: (key: string) => memo.get(key),
      set: (key: string, completion: Completion) => {
        stored += 1;
        return memo.set(key, completion);
      },
    };
    const broken = new Error("socket hang up");
    // The third call fails while four others are under way.
    const model = scriptedModel({
      tokenizer,
      clock,
      latencyMs: (call) => (call === 3 ? 10 : 500),
      cue: (_, call) => (call === 3 ? broken : undefined),
    });
    const run = summarize(text, { model, targetTokens: 300, tokenizer, clock, memo: counting });
    const outcome = run.catch((error: unknown) => error);
    await clock.advance(5_000);
    expect(await outcome).toMatchObject({
      code: "step_failed",
      isRetryable: false,
      cause: broken,
      step: { kind: "map", level: 0 },
    });
    expect(model.requests).toHaveLength(5);
    expect(stored).toBe(4);
  });

  it("never shows content in the error", async () => {
    const model = scriptedModel({ tokenizer, cue: () => new Error("no") });
    const error: unknown = await summarize(text, { model, targetTokens: 300, tokenizer }).catch(
      (thrown: unknown) => thrown,
    );
    expect(JSON.stringify(error)).not.toContain("ferry");
    expect(Object.keys((error as { step: object }).step).sort()).toEqual(["key", "kind", "level", "span"]);
  });
});
