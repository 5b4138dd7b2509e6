import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tiktoken } from "@gro/summarizer";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const entry = pathToFileURL(join(root, "packages/summarizer/src/index.ts")).href;

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** The modules that a fresh Node evaluates in running `code`, by the list that it keeps for coverage. */
async function modulesEvaluatedBy(code: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "gro-coverage-"));
  try {
    await promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code], {
      cwd: root,
      env: { ...process.env, NODE_V8_COVERAGE: folder },
    });
    const files = await readdir(folder);
    const reports = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return reports.flatMap((report) => (JSON.parse(report) as Coverage).result.map(({ url }) => url));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const ranksIn = (modules: readonly string[]) =>
  modules.filter((url) => url.includes("js-tiktoken")).filter((url) => url.includes("ranks"));

describe("the tables of an encoding", () => {
  it("are not loaded by importing the library, nor by making a tokenizer", async () => {
    const modules = await modulesEvaluatedBy(`
      const { tiktoken, approximate, chunkText } = await import("${entry}");
      tiktoken("gpt-4");
      chunkText("Some text.", { tokenizer: approximate() });
    `);
    expect(modules).toContain(entry);
    expect(ranksIn(modules)).toEqual([]);
  });

  it.each([
    ["the first count", "tokenizer.count('Some text.');"],
    ["load()", "await tokenizer.load();"],
  ])("are loaded by %s, and only those", async (_, use) => {
    const modules = await modulesEvaluatedBy(`
      const { tiktoken } = await import("${entry}");
      const tokenizer = tiktoken("gpt-4");
      ${use}
    `);
    const ranks = ranksIn(modules);
    expect(ranks).toHaveLength(1);
    expect(ranks[0]).toContain("cl100k_base");
  });
});

describe("a tokenizer", () => {
  it("counts at once on Node, without load()", () => {
    expect(tiktoken("p50k_base").count("The ferry came at six.")).toBe(6);
  });

  it("counts the same after load(), which may be called again", async () => {
    const tokenizer = tiktoken("r50k_base");
    await Promise.all([tokenizer.load(), tokenizer.load()]);
    await tokenizer.load();
    expect(tokenizer.count("The ferry came at six.")).toBe(6);
  });
});
