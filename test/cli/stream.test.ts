import type { SummaryStreamEvent } from "@gro/summarizer";
import { ScriptedError, scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { input, program, sentences, Written } from "./program.js";

const text = sentences(200);
const summarize = (...rest: string[]) => [
  ...["summarize", "--provider", "extractive", "--target-tokens", "60", "--chunk-size", "500", ...rest],
];
/** A model whose final summary is too long at first, so that it has to write it again. */
const rewriting = () => scriptedModel({ behaviour: "verbose" });

async function plain(model = scriptedModel()): Promise<string> {
  const { code, stdout } = await program(summarize(), { stdin: input(text), model });
  expect(code).toBe(0);
  return stdout;
}

async function onTerminal(
  flags: readonly string[],
  model = scriptedModel(),
  stderr = new Written({ isTTY: true }),
) {
  const stdout = new Written({ isTTY: true });
  const ended = await program([...summarize("--stream"), ...flags], {
    stdin: input(text),
    model,
    stdout,
    stderr,
  });
  return { ...ended, pieces: stdout.pieces };
}

describe("--stream on a terminal", () => {
  it("shows the summary in pieces, and a line end", async () => {
    const { code, stdout, pieces } = await onTerminal([]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: await plain() });
    expect(pieces.length).toBeGreaterThan(10);
  });

  it("takes the progress away before the text begins, for good", async () => {
    const both = new Written({ isTTY: true });
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ latencyMs: 2500, clock });
    const given = { stdin: input(text), model, clock, stdout: both, stderr: both };
    expect((await program(summarize("--stream"), given)).code).toBe(0);
    const summary = await plain();
    expect(both.text).toMatch(/\r +\r/u);
    // From its first word on there is nothing but the summary, and the figures.
    const from = both.text.lastIndexOf(summary);
    expect(from).toBeGreaterThan(0);
    expect(both.text.slice(0, from)).toMatch(/ steps, .*\r +\r$/su);
    expect(both.text.slice(from + summary.length)).toMatch(/^gro-summarizer: [^\n]*calls, [^\n]*\n$/u);
  });

  it("says of a draft that it was one, and shows the summary below", async () => {
    const { code, stdout, stderr } = await onTerminal([], rewriting());
    const summary = await plain(rewriting());
    expect(code).toBe(0);
    expect(stdout.endsWith(`\n${summary}`)).toBe(true);
    expect(stdout.length).toBeGreaterThan(summary.length * 1.5);
    expect(stderr).toContain("gro-summarizer: that was a draft; the summary begins anew:\n");
  });

  it.each([
    ["with --quiet", ["--quiet"], new Written({ isTTY: true })],
    ["where messages go elsewhere", [], new Written()],
  ])("%s a rule parts them", async (_name, flags, stderr) => {
    const ended = await onTerminal(flags, rewriting(), stderr);
    const summary = await plain(rewriting());
    expect(ended.stdout.endsWith(`\n---\n${summary}`)).toBe(true);
    expect(ended.stderr).not.toContain("draft");
  });

  it("ends the line of a text that breaks off before it says why", async () => {
    const model = {
      ...scriptedModel(),
      async *stream() {
        yield { kind: "text", text: "Once upon a" } as const;
        throw new ScriptedError("the line went dead");
      },
    };
    const { code, stdout, stderr } = await onTerminal([], { ...scriptedModel(), ...model });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "Once upon a\n" });
    expect(stderr).toContain("the line went dead");
  });

  it.each([
    ["a text that fits", "short\n", "short\n"],
    ["a text that fits, without a line end", "short", "short\n"],
    ["a blank text", " \n", ""],
  ])("%s", async (_name, content, expected) => {
    const stdout = new Written({ isTTY: true });
    const ended = await program(summarize("--stream"), { stdin: input(content), stdout });
    expect(ended).toMatchObject({ code: 0, stdout: expected });
  });
});

describe("--stream in a pipe", () => {
  it.each([
    ["as it is written", scriptedModel],
    ["after a draft", rewriting],
  ])("is exactly the summary, %s", async (_name, model) => {
    const ended = await program(summarize("--stream"), { stdin: input(text), model: model() });
    expect(ended).toMatchObject({ code: 0, stdout: await plain(model()) });
  });

  it("is nothing when the run fails", async () => {
    const model = scriptedModel({ cue: (_, call) => (call === 8 ? new ScriptedError("gone") : undefined) });
    const { code, stdout } = await program(summarize("--stream"), { stdin: input(text), model });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});

describe("--stream --json", () => {
  const events = (stdout: string) =>
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as SummaryStreamEvent);

  it.each([
    ["as it is written", scriptedModel],
    ["after a draft", rewriting],
  ])("is a line for each event, the result last, %s", async (_name, model) => {
    const argv = summarize("--stream", "--json");
    const { code, stdout, stderr } = await program(argv, { stdin: input(text), model: model() });
    expect(code).toBe(0);
    expect(stdout.endsWith("}\n")).toBe(true);
    const told = events(stdout);
    expect(told[0]).toMatchObject({ kind: "planned", targetTokens: 60 });
    const last = told.at(-1);
    if (last?.kind !== "result") throw new Error("The result is not the last");
    const whole = await program(summarize("--json"), { stdin: input(text), model: model() });
    expect(last.result).toEqual(JSON.parse(whole.stdout));
    expect(stderr).toBe(whole.stderr);
    const deltas = told.slice(told.findLastIndex(({ kind }) => kind === "textReset") + 1);
    const shown = deltas.map((event) => (event.kind === "textDelta" ? event.text : "")).join("");
    expect(shown).toBe(last.result.summary);
    expect(told.filter(({ kind }) => kind === "chunkSummarized").length).toBeGreaterThan(3);
  });

  it("has no result when the run fails", async () => {
    const model = scriptedModel({ cue: (_, call) => (call === 4 ? new ScriptedError("gone") : undefined) });
    const argv = summarize("--stream", "--json", "--max-concurrency", "1");
    const { code, stdout, stderr } = await program(argv, { stdin: input(text), model });
    expect(code).toBe(1);
    expect(stderr).toContain("gone");
    expect(events(stdout).map(({ kind }) => kind)).not.toContain("result");
  });

  it("costs no further call when the reader has gone", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ clock, latencyMs: 100 });
    const stdout = new Written({ failsWith: "EPIPE", failsAfter: 2 });
    const argv = summarize("--stream", "--json", "--max-concurrency", "1");
    expect(await program(argv, { stdin: input(text), model, clock, stdout })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(events(stdout.text)).toHaveLength(2);
    expect(model.requests.length).toBeLessThanOrEqual(3);
  });

  it("fails when the disk is full", async () => {
    const stdout = new Written({ failsWith: "ENOSPC", failsAfter: 1 });
    const ended = await program(summarize("--stream", "--json"), { stdin: input(text), stdout });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("no space is left");
  });
});
