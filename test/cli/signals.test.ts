import { EventEmitter } from "node:events";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { run } from "@gro/cli";
import { environment, input, sentences, silence, Written } from "./program.js";

const argv = ["summarize", "--provider", "extractive", "--target-tokens", "60"];

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (name, code) => {
  it(`ends a run with ${code}: no further call, nothing on standard output`, async () => {
    const signals = new EventEmitter();
    // The clock stands still, so no call ever comes to its end.
    const clock = virtualClock();
    const model = scriptedModel({
      clock,
      latencyMs: 1000,
      cue: (_, call) => {
        if (call === 2) signals.emit(name);
        return undefined;
      },
    });
    const surroundings = environment({ signals, clock, model, stdin: input(sentences(200)) });
    const running = run([...argv, "--max-concurrency", "1", "--chunk-size", "500"], surroundings);
    while (model.requests.length === 0) await clock.advance(0);
    await clock.advance(1000);
    await clock.advance(1000);
    expect(await running).toBe(code);
    expect(surroundings.stdout.text).toBe("");
    expect(surroundings.stderr.text).toBe(`gro-summarizer: stopped by ${name}.\n`);
    expect(model.requests).toHaveLength(2);
    expect(clock.sleeping).toBe(0);
  });

  it("ends the wait for standard input", async () => {
    const signals = new EventEmitter();
    const stdin = silence();
    const running = run(argv, environment({ signals, stdin }));
    await new Promise((resolve) => stdin.once("resume", resolve));
    signals.emit(name);
    expect(await running).toBe(code);
    expect(stdin.destroyed).toBe(true);
  });

  it("takes the progress line away", async () => {
    const signals = new EventEmitter();
    const clock = virtualClock();
    const model = scriptedModel({ clock, latencyMs: 1000 });
    const stderr = new Written({ isTTY: true });
    const running = run(argv, environment({ signals, clock, model, stderr, stdin: input(sentences(200)) }));
    while (model.requests.length === 0) await clock.advance(0);
    signals.emit(name);
    expect(await running).toBe(code);
    expect(stderr.text).toMatch(/\r {10,}\rgro-summarizer: stopped by SIG[A-Z]+\.\n$/u);
  });

  it("a second time ends at once", async () => {
    const signals = new EventEmitter();
    const exits: number[] = [];
    const surroundings = environment({ signals, stdin: silence(), exit: (exit) => exits.push(exit) });
    const running = run(argv, surroundings);
    signals.emit("SIGTERM");
    expect(exits).toEqual([]);
    signals.emit(name);
    expect(exits).toEqual([code]);
    await running;
  });
});

it("signals are listened to only while a command runs", async () => {
  const signals = new EventEmitter();
  const running = run(argv, environment({ signals, stdin: input("short") }));
  expect(signals.eventNames()).toEqual(["SIGINT", "SIGTERM"]);
  await running;
  expect(signals.eventNames()).toEqual([]);
});
