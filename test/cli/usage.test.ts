import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { program } from "./program.js";

const readFromPackage = (name: string) =>
  readFileSync(new URL(`../../packages/cli/${name}`, import.meta.url), "utf8");

describe("asking what the program can do", () => {
  it.each([[["--help"]], [["-h"]], [["help"]], [["help", "help"]], [["help", "--help"]]])(
    "%j",
    async (argv) => {
      const { code, stdout, stderr } = await program(argv);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("Usage: gro-summarizer <command>");
      expect(stdout).toMatch(/^ {2}summarize \[FILE\|-\]/mu);
    },
  );

  it.each([
    [["summarize", "--help"]],
    [["summarize", "-h"]],
    [["help", "summarize"]],
    // Who asks for help gets it, whatever else is wrong.
    [["summarize", "--bogus", "--target-tokens", "x", "--help"]],
  ])("%j", async (argv) => {
    const { code, stdout, stderr } = await program(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Usage: gro-summarizer summarize [FILE|-]");
  });

  it("the help of summarize offers every flag that works, and no other", async () => {
    const { stdout } = await program(["help", "summarize"]);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gmu)].map(([, flag]) => flag);
    expect(offered).toEqual([
      ...["--target-tokens", "--target-ratio", "--content-type", "--prior-summary", "--provider"],
      ...["--chunk-size", "--chunk-overlap", "--token-max", "--max-concurrency", "--timeout", "--memo"],
      ...["--json", "--quiet", "--help", "--version"],
    ]);
    expect(stdout).not.toMatch(/anthropic|openai/u);
  });

  it("the README has the same flags", async () => {
    const { stdout } = await program(["help", "summarize"]);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) /gmu)].map(([, flag]) => flag);
    const described = [...readFromPackage("README.md").matchAll(/^\| `(--[a-z-]+(?: [A-Z]+)?)`/gmu)];
    expect([...described.map(([, flag]) => flag), "--help", "--version"]).toEqual(offered);
  });

  it("fits a terminal of 100 columns", async () => {
    for (const argv of [["help"], ["help", "summarize"]]) {
      const { stdout } = await program(argv);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  it.each([[["--version"]], [["summarize", "--version"]]])(
    "%j prints the package's version",
    async (argv) => {
      const { code, stdout, stderr } = await program(argv);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(readFromPackage("package.json")).toContain(`"version": "${stdout.trim()}"`);
    },
  );
});

describe("wrong usage ends with 2, nothing on standard output and a way on", () => {
  it.each([
    ["no command", [], "The command is missing."],
    ["an unknown command", ["frobnicate"], 'Unknown command "frobnicate".'],
    ["a command of a later version", ["estimate", "notes.txt"], 'Unknown command "estimate".'],
    ["a mistyped command", ["sumarize"], 'Unknown command "sumarize". Did you mean summarize?'],
    ["help for an unknown command", ["help", "worker"], 'Unknown command "worker".'],
    ["help for several commands", ["help", "summarize", "help"], "help takes one command."],
    ["a flag before the command", ["--quiet", "summarize"], "Unknown flag --quiet."],
    ["an unknown flag", ["summarize", "--frobnicate"], "Unknown flag --frobnicate."],
    ["a flag of a later version", ["summarize", "--stream"], "Unknown flag --stream."],
    ["an unknown short flag", ["summarize", "-q"], "Unknown flag -q."],
    [
      "a mistyped flag",
      ["summarize", "--target-token", "5"],
      "Unknown flag --target-token. Did you mean --target-tokens?",
    ],
    ["swapped letters", ["summarize", "--jsno"], "Unknown flag --jsno. Did you mean --json?"],
    ["a flag without its value", ["summarize", "--memo"], "--memo needs a value: --memo DIR."],
    [
      "a flag in place of a value",
      ["summarize", "--memo", "--json"],
      "--memo needs a value: --memo DIR. A value that begins with a dash is written --memo=--json.",
    ],
    ["an empty value", ["summarize", "--memo="], "--memo got an empty value, expected --memo DIR."],
    ["a value for a switch", ["summarize", "--json=yes"], '--json takes no value, got "yes".'],
  ])("%s", async (_name, argv, message) => {
    const { code, stdout, stderr } = await program(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`gro-summarizer: ${message}\n`);
    expect(stderr).toMatch(/see "gro-summarizer help( summarize)?"/iu);
  });
});
