import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

/**
 * The house rules are promises of the documentation ("runs in browsers", "the plan is pure"). A rule that
 * has silently stopped firing looks like a kept promise, so each one meets a line here that breaks it.
 *
 * Snippets are linted in place of files that exist, as type-checked rules know only those.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const eslint = new ESLint({
  cwd: root,
  // Where CI is set, files would be read once from the disk, and snippets not at all.
  overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } },
});

async function rulesBrokenBy(code: string, file: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${root}${file}` });
  return (result?.messages ?? []).map((message) => `${message.ruleId ?? "no rule"}: ${message.message}`);
}

const planFile = "packages/summarizer/src/plan/completion.ts";
const portFile = "packages/summarizer/src/ports/clock.ts";
const coreFile = "packages/summarizer/src/index.ts";
const extractiveFile = "packages/extractive/src/index.ts";
const programFile = "packages/cli/src/main.ts";

beforeAll(async () => {
  // The first file carries the cost of reading the types of the whole project.
  await rulesBrokenBy("export {};", planFile);
}, 120_000);

describe("the plan is pure", () => {
  it.each([
    ["a date", "export const time = new Date();"],
    ["the clock", "export const time = Date.now();"],
    ["the fine clock", "export const time = performance.now();"],
    ["chance", "export const number = Math.random();"],
    ["chance taken apart", "export const { random } = Math;"],
    ["random bytes", "export const id = crypto.randomUUID();"],
    ["an async function", "export async function step() { return 1; }"],
    ["an async arrow", "export const step = async () => 1;"],
    ["an async method", "export const step = { async run() { return 1; } };"],
    ["await", "export const text = await (0 as unknown);"],
    ["a loop that waits", "for await (const part of []) { void part; }"],
    ["a promise", "export const step = Promise.resolve(1);"],
    ["the type of a promise", "export type Step = () => Promise<number>;"],
    ["a timer", "setTimeout(() => undefined, 1);"],
    ["a repeated timer", "setInterval(() => undefined, 1);"],
    ["a microtask", "queueMicrotask(() => undefined);"],
    ["the network", 'export const page = fetch("");'],
    ["the process", "export const home = process.cwd();"],
    ["a global found by name", 'export const clock = "Date" in globalThis;'],
    ["the locale", 'export const lower = "I".toLocaleLowerCase();'],
    ["the locale's order", 'export const order = "a".localeCompare("b");'],
    ["an import when needed", 'export const later = import("./tokenizer.js");'],
  ])("%s is refused", async (_name, code) => {
    expect(await rulesBrokenBy(code, planFile)).toContainEqual(expect.stringContaining("The plan is pure"));
  });

  it("plain synchronous code is welcome", async () => {
    const code = `
      import { sha256 } from "@noble/hashes/sha2.js";
      import type { Tokenizer } from "./tokenizer.js";
      export function* digests(texts: readonly string[], tokenizer: Tokenizer): Generator<string> {
        for (const text of texts) {
          if (tokenizer.count(text) > Math.max(1, 2)) yield sha256(new Uint8Array(1)).join(text.toLowerCase());
        }
      }`;
    expect(await rulesBrokenBy(code, planFile)).toEqual([]);
  });
});

describe("dependencies point one way", () => {
  it.each([
    ["the plan on the ports", planFile, 'import type { Clock } from "../ports/clock.js";'],
    ["the plan on the entry", planFile, 'import { countWords } from "../index.js";'],
    ["the plan on another library", planFile, 'import pLimit from "p-limit";'],
    ["the plan on a library that only begins alike", planFile, 'import evil from "@noble/hashes-evil";'],
    ["a port on the entry", portFile, 'import { countWords } from "../index.js";'],
    ["a port on a library", portFile, 'import pLimit from "p-limit";'],
    ["the core on another package", coreFile, 'import { extractive } from "@gro/extractive";'],
    ["a package on what it does not bring", extractiveFile, 'import pLimit from "p-limit";'],
    ["a package on a tool of the workshop", coreFile, 'import { expect } from "vitest";'],
  ])("%s is refused", async (_name, file, code) => {
    expect(await rulesBrokenBy(code, file)).toContainEqual(
      expect.stringMatching(
        /^(import-x\/no-restricted-paths|no-restricted-imports|import-x\/no-extraneous-dependencies): /,
      ),
    );
  });

  it("a cycle of imports is refused", async () => {
    const code = 'export { readPrompt } from "../../index.js";';
    expect(await rulesBrokenBy(code, "packages/summarizer/src/plan/prompts/frame.ts")).toContainEqual(
      expect.stringContaining("import-x/no-cycle"),
    );
  });
});

describe("libraries run everywhere", () => {
  it.each([
    ["a module of Node", 'import { readFileSync } from "node:fs";'],
    ["a module of Node by its old name", 'import { join } from "path";'],
    ["a module of Node when needed", 'export const later = import("node:fs");'],
    ["process", "export const home = process.cwd();"],
    ["Buffer", 'export const bytes = Buffer.from("");'],
    ["the console", 'console.log("");'],
  ])("%s is refused", async (_name, code) => {
    for (const file of [coreFile, extractiveFile]) {
      expect(await rulesBrokenBy(code, file)).toContainEqual(
        expect.stringMatching(/^(import-x\/no-nodejs-modules|no-restricted-globals|no-console): /),
      );
    }
  });

  it("the program may use Node", async () => {
    const code = 'import { readFileSync } from "node:fs"; process.stdout.write(readFileSync(0));';
    expect(await rulesBrokenBy(code, programFile)).toEqual([]);
  });
});

describe("names are spelled out", () => {
  it.each([
    ["a letter", "id-length", "export const x = 1;"],
    ["an abbreviation", "id-denylist", "export function read(opts: string) { return opts; }"],
  ])("%s is refused", async (_name, rule, code) => {
    expect(await rulesBrokenBy(code, coreFile)).toContainEqual(expect.stringContaining(rule));
  });
});

describe("no shortcut around the types", () => {
  it.each([
    ["any", "@typescript-eslint/no-explicit-any", "export const text: any = 1;"],
    [
      "a promise nobody waits for",
      "@typescript-eslint/no-floating-promises",
      "export function run(step: () => Promise<void>) { step(); }",
    ],
    ["a silenced error", "@typescript-eslint/ban-ts-comment", "// @ts-ignore\nexport const text = 1;"],
  ])("%s is refused", async (_name, rule, code) => {
    expect(await rulesBrokenBy(code, coreFile)).toContainEqual(expect.stringContaining(rule));
  });
});
