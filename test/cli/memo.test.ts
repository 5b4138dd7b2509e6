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
  it("makes the directory and keeps every answer in a journal that can be read by eye", async () => {
    const { result } = await summarize();
    expect(result.usage.calls).toBeGreaterThan(3);
    expect(files()).toEqual(["journal-000001.jsonl"]);
    const answers = readFileSync(join(directory, "journal-000001.jsonl"), "utf8").matchAll(
      /"do":"memo"[^\n]*"key":/gu,
    );
    expect([...answers]).toHaveLength(result.usage.calls);
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
    expect(readdirSync(join(directory, "here"))).toHaveLength(1);
  });

  it("keeps what a run has paid for that fails later", async () => {
    const model = scriptedModel({ cue: (_, call) => (call === 4 ? new ScriptedError("gone") : undefined) });
    const failing = [...argv, "--memo", directory, "--max-concurrency", "1"];
    expect((await program(failing, { stdin: input(text), model })).code).toBe(1);
    expect((await summarize()).result.usage.memoHits).toBe(3);
  });

  it("leaves the files of an older memo alone, and asks for what they hold", async () => {
    mkdirSync(directory, { recursive: true });
    const old = `${"k".repeat(43)}.json`;
    writeFileSync(join(directory, old), '{"text":"old"}');
    expect((await summarize()).result.usage.memoHits).toBe(0);
    expect(files()).toEqual(["journal-000001.jsonl", old]);
  });

  it("serves several runs at once", async () => {
    const results = await Promise.all([summarize(), summarize(), summarize()]);
    expect(new Set(results.map(({ result }) => result.summary)).size).toBe(1);
    expect((await summarize()).result.usage.calls).toBe(0);
  });

  it("fails with file and place when the journal is damaged", async () => {
    await summarize();
    const journal = join(directory, "journal-000001.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    lines[3] = lines[3]?.replace(/"text":"./u, '"text":"#') ?? "";
    writeFileSync(journal, lines.join("\n"));
    const { code, stdout, stderr } = await program([...argv, "--memo", directory], { stdin: input(text) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stdout).toBe("");
    expect(stderr).toContain(`${journal} is damaged at byte `);
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
