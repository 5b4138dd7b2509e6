import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ScriptedError, scriptedModel } from "@gro/summarizer/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { input, program, sentences } from "./program.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const directory = join(folder.path, "memo", "of mine");
const text = sentences(200);
const argv = ["summarize", "--provider", "extractive", "--target-tokens", "60", "--chunk-size", "500"];

interface Result {
  readonly summary: string;
  readonly usage: { readonly calls: number; readonly memoHits: number };
}

async function summarize(...rest: string[]): Promise<{ readonly result: Result; readonly stderr: string }> {
  const { code, stdout, stderr } = await program([...argv, "--json", "--memo", directory, ...rest], {
    stdin: input(text),
  });
  expect(code).toBe(0);
  return { result: JSON.parse(stdout) as Result, stderr };
}

const files = () => readdirSync(directory).sort();

beforeEach(() => rmSync(join(folder.path, "memo"), { recursive: true, force: true }));

describe("--memo", () => {
  it("makes the directory and keeps every answer in a file by its key", async () => {
    const { result } = await summarize();
    expect(result.usage.calls).toBeGreaterThan(3);
    expect(files()).toHaveLength(result.usage.calls);
    for (const file of files()) {
      expect(file).toMatch(/^[A-Za-z0-9_-]{43}\.json$/u);
      expect(JSON.parse(readFileSync(join(directory, file), "utf8"))).toEqual({
        text: expect.any(String) as string,
        finishReason: "stop",
        usage: { inputTokens: expect.any(Number) as number, outputTokens: expect.any(Number) as number },
      });
    }
  });

  it("makes no call the second time, and gives the same summary", async () => {
    const { result: first } = await summarize();
    const { result: second, stderr } = await summarize();
    expect(second.usage).toMatchObject({ calls: 0, memoHits: first.usage.calls });
    expect(second.summary).toBe(first.summary);
    expect(stderr).toBe("");
  });

  it("works in the working directory", async () => {
    mkdirSync(directory, { recursive: true });
    const given = { stdin: input(text), workingDirectory: directory };
    expect((await program([...argv, "--memo", "here"], given)).code).toBe(0);
    expect(readdirSync(join(directory, "here")).length).toBeGreaterThan(3);
  });

  it("keeps what a run has paid for that fails later", async () => {
    const model = scriptedModel({ cue: (_, call) => (call === 4 ? new ScriptedError("gone") : undefined) });
    const failing = [...argv, "--memo", directory, "--max-concurrency", "1"];
    expect((await program(failing, { stdin: input(text), model })).code).toBe(1);
    expect(files()).toHaveLength(3);
    expect((await summarize()).result.usage.memoHits).toBe(3);
  });

  it.each([
    ["cut off", '{"text":"half'],
    ["empty", ""],
    ["something else", '{"text":5}'],
    ["a list", "[]"],
    ["null", "null"],
    ["without usage", '{"text":"a","finishReason":"stop"}'],
    [
      "with a finish that there is not",
      '{"text":"a","finishReason":"toString","usage":{"inputTokens":1,"outputTokens":1}}',
    ],
    [
      "with a count below zero",
      '{"text":"a","finishReason":"stop","usage":{"inputTokens":-1,"outputTokens":1}}',
    ],
  ])("asks again for a file that is %s, with one warning", async (_name, content) => {
    const { result: first } = await summarize();
    const [one = "", two = ""] = files();
    for (const file of [one, two]) writeFileSync(join(directory, file), content);
    const { result: second, stderr } = await summarize();
    expect(second.usage).toMatchObject({ calls: 2, memoHits: first.usage.calls - 2 });
    expect(second.summary).toBe(first.summary);
    expect(stderr).toMatch(/^gro-summarizer: warning: --memo: .*\.json holds no completion\.[^\n]*\n$/u);
    // They have been put right.
    expect((await summarize()).result.usage.calls).toBe(0);
  });

  it("is silent about such files with --quiet", async () => {
    await summarize();
    for (const file of files()) writeFileSync(join(directory, file), "");
    expect((await summarize("--quiet")).stderr).toBe("");
  });

  it("serves several runs at once, and leaves nothing behind but the answers", async () => {
    await Promise.all([summarize(), summarize(), summarize()]);
    expect(files().filter((file) => !file.endsWith(".json"))).toEqual([]);
  });

  it("goes on with one warning when answers can no longer be kept", async () => {
    const model = scriptedModel({
      cue: () => {
        rmSync(directory, { recursive: true, force: true });
        return undefined;
      },
    });
    const { code, stdout, stderr } = await program([...argv, "--memo", directory], {
      stdin: input(text),
      model,
    });
    expect(code).toBe(0);
    expect(stdout).not.toBe("");
    expect(stderr).toMatch(/^gro-summarizer: warning: The memo did not store a completion[^\n]*\n$/u);
  });

  it("fails when an answer cannot be read", async () => {
    await summarize();
    const [one = ""] = files();
    rmSync(join(directory, one));
    mkdirSync(join(directory, one));
    const { code, stderr } = await program([...argv, "--memo", directory], { stdin: input(text) });
    expect(code).toBe(1);
    expect(stderr).toContain("the memo failed");
  });
});

describe("a directory that cannot be ends with 2 and the flag's name", () => {
  it.each([
    ["a file", "file", "it exists and is not a directory"],
    ["inside a file", "file/inside", "a part of its path is not a directory"],
  ])("%s", async (_name, path, reason) => {
    folder.write("file", "a note");
    const { code, stdout, stderr } = await program([...argv, "--memo", path], {
      stdin: input(text),
      workingDirectory: folder.path,
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: `gro-summarizer: --memo ${path}: ${reason}. It takes a directory that can be written to.\n`,
    });
  });

  it.skipIf(!existsSync("/proc/self"))("where nothing can be made", async () => {
    const { code, stderr } = await program([...argv, "--memo", "/proc/memo"], { stdin: input(text) });
    expect(code).toBe(2);
    expect(stderr).toContain("--memo /proc/memo: it cannot be made.");
  });

  it("is not made when another flag is wrong", async () => {
    expect(
      (await program([...argv, "--memo", directory, "--timeout", "0"], { stdin: input(text) })).code,
    ).toBe(2);
    expect(existsSync(directory)).toBe(false);
  });
});
