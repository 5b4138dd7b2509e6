import { ScriptedError, scriptedModel } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { run } from "@gro/cli";
import { environment, input, program, sentences, Written } from "./program.js";

const text = sentences(200);
const summarize = (...rest: string[]) => [
  "summarize",
  "--provider",
  "extractive",
  "--target-tokens",
  "60",
  ...rest,
];

describe("the result", () => {
  it("is the summary and a line end on standard output, and nothing on standard error", async () => {
    const { code, stdout, stderr } = await program(summarize(), { stdin: input(text) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\S[^\n]*\S\n$/u);
  });

  it("of a text that fits is the text, whose own line end is enough", async () => {
    expect((await program(summarize(), { stdin: input("one\ntwo\n") })).stdout).toBe("one\ntwo\n");
    expect((await program(summarize(), { stdin: input("one\ntwo") })).stdout).toBe("one\ntwo\n");
  });

  it("is one object with the names of SummaryResult with --json", async () => {
    const { code, stdout, stderr } = await program(summarize("--json"), { stdin: input(text) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trimEnd()).not.toContain("\n");
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(result).sort()).toEqual([
      ...["collapseDepth", "compressionRatio", "createdAt", "fit", "inputTokens", "outputTokens"],
      ...["sources", "summary", "usage", "warnings"],
    ]);
    expect(result["createdAt"]).toBe("2026-01-01T00:00:00.000Z");
    const { stdout: plain } = await program(summarize(), { stdin: input(text) });
    expect(`${String(result["summary"])}\n`).toBe(plain);
  });

  it("has its warnings on standard error", async () => {
    const model = scriptedModel({ behaviour: "echo" });
    const { code, stdout, stderr } = await program(summarize("--json"), { stdin: input(text), model });
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: { message: string }[] };
    expect(warnings.length).toBeGreaterThan(0);
    expect(stderr).toBe(warnings.map(({ message }) => `gro-summarizer: warning: ${message}\n`).join(""));
  });

  it("has no warnings on standard error with --quiet", async () => {
    const model = scriptedModel({ behaviour: "echo" });
    const argv = ["summarize", "--quiet", "--target-tokens", "60"];
    const { code, stderr } = await program(argv, { stdin: input(text), model });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("a run that fails ends with 1", () => {
  it("and the error's message, once, in one line, without a stack", async () => {
    const model = scriptedModel({ cue: () => new ScriptedError("the model\nis not at home") });
    const { code, stdout, stderr } = await program(summarize("--quiet"), { stdin: input(text), model });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.match(/the model is not at home/gu)).toHaveLength(1);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).toMatch(/^gro-summarizer: scripted:obedient failed at the map step /u);
  });

  it("and what was behind it, where the message does not say so", async () => {
    const error = new Error("no answer", {
      cause: new Error("getaddrinfo ENOTFOUND", { cause: "no network" }),
    });
    const model = scriptedModel({ cue: () => error });
    const { code, stderr } = await program(summarize(), { stdin: input(text), model });
    expect(code).toBe(1);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.slice(1)).toEqual([
      "gro-summarizer: because: getaddrinfo ENOTFOUND",
      "gro-summarizer: because: no network",
    ]);
  });

  it("when an error is its own cause", async () => {
    const error = new Error("circular");
    error.cause = error;
    const { code } = await program(summarize(), {
      stdin: input(text),
      model: scriptedModel({ cue: () => error }),
    });
    expect(code).toBe(1);
  });

  it("when the model says nothing", async () => {
    const model = scriptedModel({ behaviour: "empty" });
    const { code, stdout, stderr } = await program(summarize(), { stdin: input(text), model });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("answered with no text");
  });

  it("when the disk behind standard output is full", async () => {
    const stdout = new Written({ failsWith: "ENOSPC" });
    const { code, stderr } = await program(summarize(), { stdin: input(text), stdout });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "gro-summarizer: Cannot write to standard output: no space is left on the device.\n",
    });
  });
});

describe("a reader that has gone is no failure", () => {
  it.each([[summarize()], [summarize("--json")], [["--help"]], [["--version"]]])("%j", async (argv) => {
    const stdout = new Written({ failsWith: "EPIPE" });
    expect(await program(argv, { stdin: input(text), stdout })).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("of the messages", async () => {
    const surroundings = environment({ stderr: new Written({ failsWith: "EPIPE" }), stdin: input("short") });
    expect(await run(["summarize"], surroundings)).toBe(0);
    expect(surroundings.stdout.text).toBe("short\n");
  });
});
