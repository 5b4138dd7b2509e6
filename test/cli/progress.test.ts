import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { input, program, sentences, Written } from "./program.js";

const text = sentences(200);
const summarize = (...rest: string[]) => [
  ...["summarize", "--provider", "extractive", "--target-tokens", "60", "--chunk-size", "500", ...rest],
];

/** What a terminal shows in the end, and what it has shown on the way on lines that were painted over. */
function watch(written: string) {
  const painted: string[] = [];
  const lines = written.split("\n").map((line) => {
    let shown = "";
    for (const part of line.split("\r")) {
      shown = part + shown.slice(part.length);
      if (shown.trim() !== "") painted.push(shown.trimEnd());
    }
    return shown.trimEnd();
  });
  return { lines, painted };
}

async function onTerminal(argv: string[], columns?: number) {
  const clock = virtualClock({ jumps: true });
  const model = scriptedModel({ latencyMs: 2500, clock });
  const stderr = new Written({ isTTY: true, ...(columns !== undefined && { columns }) });
  const ended = await program(argv, { stdin: input(text), stderr, model, clock });
  return { ...ended, ...watch(ended.stderr) };
}

describe("on a terminal", () => {
  it("one line tells how far the run is, and goes away", async () => {
    const { code, lines, painted } = await onTerminal(summarize("--max-concurrency", "2"));
    expect(code).toBe(0);
    expect(painted[0]).toBe("counting tokens, 0.0 s");
    const steps = painted.flatMap(
      (line) => /^(\d+)\/(\d+) steps, ([\d,]+) tokens in, [\d.]+ s$/u.exec(line)?.[1] ?? [],
    );
    expect(steps[0]).toBe("0");
    expect(steps).toEqual([...steps].sort((one, other) => Number(one) - Number(other)));
    expect(Number(steps.at(-1))).toBeGreaterThan(2);
    // Nothing is left of it but the figures.
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe("");
  });

  it("the seconds go on while a model thinks", async () => {
    const { painted } = await onTerminal(summarize());
    expect(painted).toContainEqual(expect.stringMatching(/^0\/\d+ steps, .* in, 1\.0 s$/u));
    expect(painted).toContainEqual(expect.stringMatching(/^0\/\d+ steps, .* in, 2\.0 s$/u));
  });

  it("the last line has the figures", async () => {
    const { stderr, lines } = await onTerminal(summarize());
    expect(lines[0]).toMatch(/^gro-summarizer: 4,\d{3} -> \d+ tokens, depth \d, \d+ calls, [\d.]+ s$/u);
    expect(stderr.endsWith(" s\n")).toBe(true);
  });

  it("the line stays within the terminal's width", async () => {
    const { painted } = await onTerminal(summarize(), 20);
    const ownLine = painted.filter((line) => !line.startsWith("gro-summarizer"));
    expect(ownLine.length).toBeGreaterThan(0);
    for (const line of ownLine) expect(line.length).toBeLessThan(20);
  });

  it("a terminal that does not know its width still shows it", async () => {
    const { painted } = await onTerminal(summarize(), 0);
    expect(painted[0]).toBe("counting tokens, 0.0 s");
  });

  it("there are no colours and no other escapes", async () => {
    const { stderr } = await onTerminal(summarize());
    expect(stderr).not.toContain("\u001b");
  });

  it("--json shows progress as well", async () => {
    const { stdout, painted } = await onTerminal(summarize("--json"));
    expect(() => JSON.parse(stdout) as unknown).not.toThrow();
    expect(painted.some((line) => line.includes(" steps, "))).toBe(true);
  });

  it("--quiet shows nothing", async () => {
    expect((await onTerminal(summarize("--quiet"))).stderr).toBe("");
  });

  it("the line goes away when the run fails", async () => {
    const stderr = new Written({ isTTY: true });
    const model = scriptedModel({ behaviour: "empty" });
    const ended = await program(summarize(), { stdin: input(text), stderr, model });
    expect(ended.code).toBe(1);
    const { lines } = watch(ended.stderr);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^gro-summarizer: .*answered with no text/u);
  });
});

it("in a pipe there is no progress", async () => {
  expect((await program(summarize(), { stdin: input(text) })).stderr).toBe("");
});
