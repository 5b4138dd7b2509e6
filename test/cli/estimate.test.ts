import { estimate } from "@gro/summarizer";
import { scriptedModel } from "@gro/summarizer/testing";
import { providers } from "@gro/cli";
import { describe, expect, it } from "vitest";
import { input, program, sentences, silence } from "./program.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const long = sentences(400);
const short = sentences(150);
folder.write("long.txt", long);
folder.write("short.txt", short);

const run = (argv: readonly string[], given: Parameters<typeof program>[1] = {}) =>
  program(["estimate", ...argv], { workingDirectory: folder.path, providers, ...given });
const target = ["--target-tokens", "100"];
const haiku = ["--model", "claude-haiku-4-5"];

describe("the table", () => {
  it("has the figures of the library, in aligned columns", async () => {
    const { code, stdout, stderr } = await run(["long.txt", ...target, ...haiku]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const figures = await estimate(long, { model: { id: "anthropic:claude-haiku-4-5" }, targetTokens: 100 });
    const number = (count: number) => count.toLocaleString("en-US");
    const [title, head, ...rows] = stdout.trimEnd().split("\n");
    expect(title).toBe(`long.txt: ${number(figures.inputTokens)} tokens, target 100`);
    expect(head).toMatch(/^ +likely +worst$/u);
    const { calls, callTokens, costUsd } = figures;
    const cents = (usd = Number.NaN) => `$${usd.toFixed(4)}`;
    expect(rows.map((row) => row.trim().split(/ {2,}/u))).toEqual([
      ["calls", number(calls.likely), number(calls.worst)],
      ["tokens sent", number(callTokens.input.likely), number(callTokens.input.worst)],
      ["tokens received", number(callTokens.output.likely), number(callTokens.output.worst)],
      ["cost, live", cents(costUsd?.live.likely), cents(costUsd?.live.worst)],
      ["cost, batch", cents(costUsd?.batch?.likely), cents(costUsd?.batch?.worst)],
    ]);
    expect(new Set([head, ...rows].map((row) => row?.length)).size).toBe(1);
  });

  it("has one for each file, and a total", async () => {
    const { stdout } = await run(["long.txt", "short.txt", ...target, ...haiku]);
    const titles = stdout.split("\n").filter((line) => / tokens, target /u.test(line));
    expect(titles.map((title) => title.split(":")[0])).toEqual(["long.txt", "short.txt", "total of 2 files"]);
    expect(titles[2]).toMatch(/, target 200$/u);
    expect((await run(["long.txt", ...target, ...haiku])).stdout).not.toContain("total");
  });

  it("never says 0 for a price that it does not know", async () => {
    const { code, stdout } = await run(["long.txt", "short.txt", ...target, "--model", "llama3.2:3b"]);
    expect(code).toBe(0);
    expect(stdout.match(/^ {2}cost +unknown price$/gmu)).toHaveLength(3);
    expect(stdout).not.toContain("$");
  });

  it("says that the offline model costs nothing and has no batches", async () => {
    const { stdout } = await run(["long.txt", ...target, "--model", "extractive"]);
    expect(stdout).toMatch(/^ {2}cost, live +\$0 +\$0$/mu);
    expect(stdout).toMatch(/^ {2}cost, batch +no batches$/mu);
  });

  it("of a text that fits needs no call", async () => {
    const { stdout } = await run(["short.txt", "--target-ratio", "1", ...haiku]);
    expect(stdout).toMatch(/^ {2}calls +0 +0$/mu);
  });
});

describe("--json", () => {
  it("is one object with the files and their total", async () => {
    const { code, stdout } = await run(["long.txt", "short.txt", ...target, ...haiku, "--json"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd()).not.toContain("\n");
    const options = { model: { id: "anthropic:claude-haiku-4-5" }, targetTokens: 100 };
    const [one, other] = [await estimate(long, options), await estimate(short, options)];
    const sum = (read: (figures: typeof one) => number | undefined) =>
      Number(((read(one) ?? 0) + (read(other) ?? 0)).toFixed(12));
    const range = (read: (figures: typeof one) => { likely: number; worst: number } | undefined) => ({
      likely: sum((figures) => read(figures)?.likely),
      worst: sum((figures) => read(figures)?.worst),
    });
    expect(JSON.parse(stdout)).toEqual({
      model: "anthropic:claude-haiku-4-5",
      files: [
        { file: "long.txt", ...one },
        { file: "short.txt", ...other },
      ],
      total: {
        inputTokens: sum(({ inputTokens }) => inputTokens),
        targetTokens: 200,
        chunks: sum(({ chunks }) => chunks),
        merges: sum(({ merges }) => merges),
        calls: range(({ calls }) => calls),
        callTokens: {
          input: range(({ callTokens }) => callTokens.input),
          output: range(({ callTokens }) => callTokens.output),
        },
        costUsd: {
          live: range(({ costUsd }) => costUsd?.live),
          batch: range(({ costUsd }) => costUsd?.batch),
        },
      },
    });
  });

  it("has a total of a single file, too, which names no file and has no dust behind the point", async () => {
    const { stdout } = await run(["long.txt", ...target, ...haiku, "--json"]);
    const { files, total } = JSON.parse(stdout) as { files: object[]; total: object };
    expect(total).not.toHaveProperty("file");
    expect(files[0]).toMatchObject(total);
    expect(stdout).not.toMatch(/\.\d{13}/);
  });

  it("has the room that models take to think in the worst case", async () => {
    const options = { targetTokens: 100, model: { id: "openai:gpt-5-mini", reasoningTokens: 4_000 } };
    const { stdout } = await run(["long.txt", ...target, "--model", "gpt-5-mini", "--json"]);
    const { total } = JSON.parse(stdout) as { total: object };
    expect(total).toMatchObject({ callTokens: (await estimate(long, options)).callTokens });
  });

  it("has no cost where the price is unknown", async () => {
    const { stdout } = await run(["long.txt", ...target, "--model", "llama3.2", "--json"]);
    const { files, total } = JSON.parse(stdout) as { files: object[]; total: object };
    expect(files[0]).not.toHaveProperty("costUsd");
    expect(total).not.toHaveProperty("costUsd");
  });
});

describe("whose price counts", () => {
  const modelOf = async (flags: readonly string[], variables = {}) => {
    const { code, stdout, stderr } = await run(["short.txt", "--json", ...flags], { variables });
    expect(code).toBe(0);
    return { model: (JSON.parse(stdout) as { model: string }).model, stderr };
  };

  it.each([
    ["claude-haiku-4-5", "anthropic:claude-haiku-4-5"],
    ["anthropic:claude-haiku-4-5", "anthropic:claude-haiku-4-5"],
    ["gpt-4o-mini", "openai:gpt-4o-mini"],
    ["openai:my-own", "openai:my-own"],
    ["o3-mini", "openai:o3-mini"],
    ["llama3.2:3b", "llama3.2:3b"],
    ["extractive", "extractive:1"],
  ])("--model %s", async (flag, model) => {
    expect(await modelOf(["--model", flag])).toEqual({ model, stderr: "" });
  });

  it.each([
    ["claude", { ANTHROPIC_API_KEY: "x", OPENAI_API_KEY: "x" }, "anthropic:claude-haiku-4-5"],
    ["gpt", { OPENAI_API_KEY: "x" }, "openai:gpt-4o-mini"],
    ["the offline model", {}, "extractive:1"],
  ])("by default what summarize takes, and it says so: %s", async (_name, variables, model) => {
    expect(await modelOf([], variables)).toEqual({
      model,
      stderr: `gro-summarizer: the estimate is for ${model}, as summarize takes: --model names another.\n`,
    });
    expect((await modelOf(["--quiet"], variables)).stderr).toBe("");
  });
});

describe("flags reach the library", () => {
  it.each([
    [["--target-ratio", "0.1"], { targetRatio: 0.1 }],
    [["--content-type", "journal"], { contentType: "journal" }],
    [["--chunk-size", "300", "--chunk-overlap", "30"], { chunkSize: 300, chunkOverlap: 30 }],
    [["--token-max", "500"], { tokenMax: 500 }],
    [["--prior-summary", "short.txt"], { priorSummary: short }],
  ] as const)("%j", async (flags, options) => {
    const { stdout, code } = await run(["long.txt", "--json", ...haiku, ...flags]);
    expect(code).toBe(0);
    const [first] = (JSON.parse(stdout) as { files: object[] }).files;
    const expected = await estimate(long, { model: { id: "anthropic:claude-haiku-4-5" }, ...options });
    expect(first).toMatchObject({ ...expected });
  });

  it("makes no call: the worst case bounds a run", async () => {
    const model = scriptedModel({ behaviour: "verbose" });
    const { stdout } = await run(["long.txt", ...target, "--json", ...haiku]);
    const { total } = JSON.parse(stdout) as { total: { calls: { worst: number } } };
    await program(["summarize", ...target], { stdin: input(long), model });
    expect(model.requests.length).toBeLessThanOrEqual(total.calls.worst);
  });
});

describe("files", () => {
  it("standard input is -", async () => {
    const { code, stdout } = await run(["-", ...haiku], { stdin: input(long) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^-: [\d,]+ tokens, target 3,000\n/u);
  });

  it("that cannot be read are reported, the others go on, and it ends with 3", async () => {
    folder.write("binary.bin", "text\0text");
    const ended = await run(["nowhere.txt", "long.txt", "binary.bin", "short.txt", ...target, ...haiku]);
    expect(ended.code).toBe(3);
    expect(ended.stdout).toContain("total of 2 files:");
    const [one, two, three, ...others] = ended.stderr.trimEnd().split("\n");
    expect(one).toBe("gro-summarizer: Cannot read nowhere.txt: there is no such file.");
    expect(two).toContain("binary.bin is binary, not text");
    expect(three).toBe("gro-summarizer: 2 of 4 files could not be estimated.");
    expect(others).toEqual([]);
    const { code, stdout } = await run(["nowhere.txt", "long.txt", ...haiku, "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ file: "long.txt" }] });
  });

  it.each([
    [["nowhere.txt"], "Cannot read nowhere.txt"],
    [["nowhere.txt", "neither.txt"], "None of the files can be read."],
    [[], "estimate takes at least one FILE"],
    [["long.txt", ""], "The name of a FILE is empty."],
    [["-", "-"], "Standard input can be read once"],
    [["-", "--prior-summary=-"], "Standard input can be read once"],
    [["long.txt", "--target-tokens", "0"], "--target-tokens: got 0, expected a whole number of at least 1."],
    [["long.txt", "--target-ratio", "2"], "--target-ratio: got 2, expected a number above 0 and at most 1."],
    [["-", "--chunk-size", "x"], '--chunk-size: got "x", expected a whole number of at least 8.'],
    [["-", "--content-type", "poem"], '--content-type: got "poem"'],
  ])("%j ends with 2, and nothing on standard output", async (argv, message) => {
    const { code, stdout, stderr } = await run([...argv, "--json"], { stdin: silence() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
