import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { summarize, summaryEvents, tiktoken, type SummaryEventMap } from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../support/prose.js";

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
const text = prose(20_000);

describe("the live executor", () => {
  it("keeps maxConcurrency calls under way, and never more", async () => {
    for (const maxConcurrency of [1, 3, 40]) {
      const clock = virtualClock({ jumps: true });
      const model = scriptedModel({ tokenizer, clock, latencyMs: (call) => 100 + (call % 7) * 30 });
      await summarize(text, { model, targetTokens: 300, tokenizer, clock, maxConcurrency });
      expect(model.concurrency.most).toBe(Math.min(maxConcurrency, model.requests.length - 1, 40));
    }
  });

  it("merges some chunks while others are still being summarized", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: 100 });
    await summarize(prose(60_000), { model, targetTokens: 300, tokenizer, clock });
    const kinds = model.requests.map(({ system }) => system.split(" ")[1]);
    expect(kinds.indexOf("merge")).toBeGreaterThan(0);
    expect(kinds.indexOf("merge")).toBeLessThan(kinds.lastIndexOf("summarize"));
  });

  it("leaves no timer behind", async () => {
    const clock = virtualClock();
    await summarize(text, { model: scriptedModel({ tokenizer }), targetTokens: 300, tokenizer, clock });
    expect(clock.sleeping).toBe(0);
  });

  it("warns of nothing when many calls are under way", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    await summarize(prose(60_000), {
      model: scriptedModel({ tokenizer }),
      targetTokens: 300,
      tokenizer,
      maxConcurrency: 60,
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });
});

describe("a call that takes too long", () => {
  it("is stopped after timeoutMs and made again", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ tokenizer, clock, latencyMs: (call) => (call === 2 ? 1e9 : 10) });
    const startedAt = clock.now();
    const result = await summarize(text, { model, targetTokens: 300, tokenizer, clock, timeoutMs: 5_000 });
    expect(result.summary).not.toBeNull();
    expect(model.requests[1]?.signal?.aborted).toBe(true);
    expect(clock.now() - startedAt).toBeGreaterThan(5_000);
    expect(clock.now() - startedAt).toBeLessThan(10_000);
  });

  it("ends the run when it never comes back", async () => {
    const clock = virtualClock({ jumps: true });
    const model = { id: "hanging", generate: () => new Promise<never>(() => undefined) };
    const run = summarize(text, {
      model,
      targetTokens: 300,
      tokenizer,
      clock,
      timeoutMs: 1_000,
      retry: { retries: 1 },
    });
    await expect(run).rejects.toMatchObject({
      code: "step_failed",
      isRetryable: true,
      cause: expect.objectContaining({ code: "call_timeout", context: { timeoutMs: 1_000 } }) as Error,
    });
  });
});

describe("a call that fails", () => {
  const runWith = (error: unknown, failures: number, options: object = {}) => {
    const clock = virtualClock({ jumps: true });
    const waits: number[] = [];
    const events = summaryEvents();
    events.on("stepRetried", ({ afterMs }) => waits.push(afterMs));
    let left = failures;
    const model = {
      ...scriptedModel({ tokenizer }),
      calls: 0,
      generate(request: Parameters<ReturnType<typeof scriptedModel>["generate"]>[0]) {
        model.calls += 1;
        left -= 1;
        return left >= 0 ? Promise.reject(error) : scriptedModel({ tokenizer }).generate(request);
      },
    };
    const run = summarize(prose(1_500), {
      model,
      targetTokens: 200,
      tokenizer,
      clock,
      events,
      maxConcurrency: 1,
      ...options,
    });
    return { run, model, waits };
  };

  it("is made again, later and later, when its error is marked retryable", async () => {
    const retry = { retries: 4, minDelayMs: 1_000, maxDelayMs: 3_000, random: () => 0 };
    const { run, waits } = runWith(new ScriptedError("busy", { isRetryable: true }), 4, { retry });
    await run;
    expect(waits).toEqual([1_000, 2_000, 3_000, 3_000]);
  });

  it("waits as long as the error asks for", async () => {
    const error = new ScriptedError("busy", { isRetryable: true, retryAfterMs: 47_000 });
    const { run, waits } = runWith(error, 1);
    await run;
    expect(waits).toEqual([47_000]);
  });

  it("is not made again when the provider asks for a wait that no run can spare", async () => {
    const error = new ScriptedError("spent", { isRetryable: true, retryAfterMs: 3e9 });
    const { run, model } = runWith(error, 1);
    await expect(run).rejects.toMatchObject({ cause: { retryAfterMs: 3e9 } });
    expect(model.calls).toBe(1);
  });

  it("shows the model's error, not that of a policy that fails", async () => {
    const retry = {
      decide: () => {
        throw new Error("broken policy");
      },
    };
    const { run } = runWith(new ScriptedError("busy", { isRetryable: true }), 99, { retry });
    await expect(run).rejects.toMatchObject({ cause: { message: "busy" } });
  });

  it("whose error cannot even be described is told with the step", async () => {
    const { run } = runWith(Object.create(null), 99);
    await expect(run).rejects.toMatchObject({ code: "step_failed", step: { kind: "map" } });
  });

  it("is not made again when its error is not marked", async () => {
    const { run, model } = runWith(new TypeError("fetch failed"), 1);
    await expect(run).rejects.toMatchObject({ code: "step_failed" });
    expect(model.calls).toBe(1);
  });

  it("ends the run after the last retry, with the last error", async () => {
    const { run, model } = runWith(new ScriptedError("busy", { isRetryable: true }), 99, {
      retry: { retries: 2 },
    });
    await expect(run).rejects.toMatchObject({ isRetryable: true, cause: { message: "busy" } });
    expect(model.calls).toBe(3);
  });

  it("follows a policy of the caller's own", async () => {
    const retry = {
      decide: (_: unknown, attempt: number) =>
        attempt < 3 ? ({ kind: "retry", afterMs: 7 } as const) : ({ kind: "give-up" } as const),
    };
    const { run, waits } = runWith(new ScriptedError("busy", { isRetryable: true }), 99, { retry });
    await expect(run).rejects.toThrow("busy");
    expect(waits).toEqual([7, 7]);
  });

  it.each([
    ["a string", "out of order"],
    ["nothing", undefined],
    ["a TypeError marked retryable", Object.assign(new TypeError("odd"), { isRetryable: true })],
  ])("hands on what was thrown, also %s", async (_, thrown) => {
    const { run } = runWith(thrown, 99);
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    expect((error as Error).cause).toBe(thrown);
  });
});

describe("progress events", () => {
  it("tell what is planned, started, done and finished, with counts that add up", async () => {
    const events = summaryEvents();
    const heard: {
      name: keyof SummaryEventMap;
      counts?: { stepsStarted: number; stepsDone: number; stepsExpected: number };
    }[] = [];
    for (const name of ["planned", "stepStarted", "stepDone", "finished"] as const) {
      events.on(name, (event: object) => heard.push({ name, ...event }));
    }
    const result = await summarize(text, {
      model: scriptedModel({ behaviour: "verbose", tokenizer }),
      targetTokens: 300,
      tokenizer,
      events,
    });
    const names = heard.map(({ name }) => name);
    expect(names[0]).toBe("planned");
    expect(names.at(-1)).toBe("finished");
    expect(names.filter((name) => name === "stepStarted")).toHaveLength(result.usage.calls);
    expect(names.filter((name) => name === "stepDone")).toHaveLength(result.usage.calls);
    for (const { counts } of heard) {
      if (counts === undefined) continue;
      expect(counts.stepsDone).toBeLessThanOrEqual(counts.stepsStarted);
      expect(counts.stepsStarted).toBeLessThanOrEqual(counts.stepsExpected);
    }
    const last = heard.at(-1)?.counts;
    expect(last?.stepsDone).toBe(last?.stepsExpected);
  });

  it("go to any emitter", async () => {
    const events = new EventEmitter();
    const heard: string[] = [];
    events.on("planned", () => heard.push("planned"));
    await summarize("Short.", { model: scriptedModel({ tokenizer }), tokenizer, events });
    expect(heard).toEqual(["planned"]);
  });

  it("never harm the run: a listener that throws is a warning in the result", async () => {
    const events = summaryEvents();
    events.on("stepDone", () => {
      throw new Error("progress bar broke");
    });
    const result = await summarize(text, {
      model: scriptedModel({ tokenizer }),
      targetTokens: 300,
      tokenizer,
      events,
    });
    expect(result.warnings).toMatchObject([{ code: "event_listener_failed" }]);
  });

  it("never carry content", async () => {
    const events = summaryEvents();
    const heard: unknown[] = [];
    for (const name of ["planned", "stepStarted", "stepDone", "finished"] as const)
      events.on(name, (event: object) => heard.push(event));
    await summarize(text, { model: scriptedModel({ tokenizer }), targetTokens: 300, tokenizer, events });
    expect(JSON.stringify(heard)).not.toMatch(/ferry|Marta/);
  });
});
