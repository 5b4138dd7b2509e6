import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../packages/command.js";
import { install, pack, root, temporaryFolder } from "../packages/tarball.js";

/** The package that brings a Node for this machine; npm does not run the script by which `node` would choose it. */
function nodePackage(): string {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
}

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await install(folder, await pack(folder));
  await cp(join(root, "test/packages/consumer"), folder, { recursive: true });
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["22", "24"])("under Node %s", (version) => {
  let program: string;

  beforeAll(async () => {
    const home = await temporaryFolder();
    await run(
      "npm",
      ["install", "--prefix", home, "--no-audit", "--no-fund", `${nodePackage()}@${version}`],
      home,
    );
    program = join(
      home,
      "node_modules",
      nodePackage(),
      process.platform === "win32" ? "bin/node.exe" : "bin/node",
    );
    return () => rm(home, { recursive: true, force: true });
  }, 240_000);

  it("is the Node that was asked for", async () => {
    expect(await run(program, ["--version"], folder)).toMatch(new RegExp(`^v${version}\\.`));
  });

  it.each(["modules.mjs", "commonjs.cjs"])("%s works", async (script) => {
    expect(await run(program, [script], folder)).toContain("every entry point works");
  });

  it("the program runs", async () => {
    expect(await run(program, ["node_modules/.bin/gro-summarizer", "--help"], folder)).toContain(
      "gro-summarizer",
    );
  });
});
