import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { node } from "./command.js";
import { root } from "./tarball.js";

const folder = inject("consumerFolder");

describe("a project that has installed the packages", () => {
  it("imports them as ES modules", async () => {
    expect(await node(["modules.mjs"], folder)).toContain("every entry point works");
  });

  it("requires them, even where Node cannot require ES modules", async () => {
    const flag = "--no-experimental-require-module";
    const flags = process.allowedNodeEnvironmentFlags.has(flag) ? [flag] : [];
    expect(await node([...flags, "commonjs.cjs"], folder)).toContain("every entry point works");
  });

  it.each([
    ["an ES module for Node", "typed.mts", "node16", "node16"],
    ["a CommonJS module for Node", "typed.cts", "node16", "node16"],
    ["a module for a bundler", "typed.ts", "esnext", "bundler"],
  ])("compiles %s", async (_name, file, module, moduleResolution) => {
    await writeFile(join(folder, file), await readFile(join(folder, "typed.ts")));
    const config = `tsconfig.${file}.json`;
    const compilerOptions = {
      ...{ module, moduleResolution, target: "es2022", lib: ["es2022", "dom"], types: [] },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    };
    await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files: [file] }));
    expect(await node([join(root, "node_modules/typescript/bin/tsc"), "-p", config], folder)).toBe("");
  });

  it("runs the program", async () => {
    const program = join(folder, "node_modules/.bin/gro-summarizer");
    expect(await node([program, "--help"], folder)).toContain("gro-summarizer");

    await writeFile(join(folder, "text.txt"), "The lighthouse stands on the northern cape. ".repeat(100));
    const flags = ["--provider", "extractive", "--target-tokens", "40", "--quiet"];
    expect(await node([program, "summarize", "text.txt", ...flags], folder)).toContain("lighthouse");
  });
});
