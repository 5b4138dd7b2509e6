import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { providers } from "@gro/cli";
import { WORKER_DEFAULTS } from "../../packages/batch/src/worker/worker-settings.js";
import { program } from "./program.js";

const COMMANDS = ["summarize", "estimate", "enqueue", "worker", "status", "retry", "migrate"];

const remoteProviders = Object.values(providers).filter((provider) => provider.kind === "remote");

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
      expect(stdout).toMatch(/^ {2}estimate FILE\.\.\./mu);
      for (const command of ["enqueue", "worker", "status", "retry", "migrate"])
        expect(stdout).toContain(`  ${command} `);
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
      ...["--model", "--base-url", "--api-key", "--reasoning-tokens", "--chunk-size", "--chunk-overlap"],
      ...[
        "--token-max",
        "--max-concurrency",
        "--timeout",
        "--memo",
        "--stream",
        "--json",
        "--quiet",
        "--help",
        "--version",
      ],
    ]);
  });

  it("the help of estimate offers every flag that works, and no other", async () => {
    const { stdout } = await program(["help", "estimate"]);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gmu)].map(([, flag]) => flag);
    expect(offered).toEqual([
      ...["--target-tokens", "--target-ratio", "--content-type", "--prior-summary", "--model"],
      ...["--chunk-size", "--chunk-overlap", "--token-max", "--json", "--quiet", "--help", "--version"],
    ]);
  });

  it.each([
    [
      "enqueue",
      [
        "--queue-path",
        "--pages-dir",
        "--database-url",
        "--schema",
        "--pooling",
        "--label",
        "--lane",
        "--target-tokens",
        "--content-type",
        "--json",
      ],
    ],
    [
      "worker",
      [
        ...[
          "--queue-path",
          "--pages-dir",
          "--database-url",
          "--schema",
          "--pooling",
          "--provider",
          "--model",
          "--base-url",
          "--api-key",
          "--reasoning-tokens",
          "--poll-interval",
        ],
        ...["--batch-poll-interval", "--batch-size", "--orphan-grace"],
        ...["--metrics-port", "--metrics-host", "--until-stdin-ends"],
        ...["--drain", "--json"],
      ],
    ],
    ["status", ["--queue-path", "--database-url", "--schema", "--pooling", "--json"]],
    ["retry", ["--queue-path", "--database-url", "--schema", "--pooling", "--json"]],
    ["migrate", ["--database-url", "--schema", "--pooling", "--json"]],
  ])("the help of %s offers every flag that works, and no other", async (command, flags) => {
    const { stdout } = await program(["help", command]);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gmu)].map(([, flag]) => flag);
    expect(offered).toEqual([...flags, "--help", "--version"]);
  });

  it("tells the defaults of the worker, and which variables stand in for flags", async () => {
    const { stdout } = await program(["help", "worker"]);
    const { pollIntervalMs, batchPollIntervalMs, batchSize, orphanGraceMs } = WORKER_DEFAULTS;
    for (const told of [
      ...[`--poll-interval MS .*${pollIntervalMs}`, `--batch-poll-interval MS .*${batchPollIntervalMs}`],
      ...[`--batch-size N .*${batchSize}`, `--orphan-grace MS .*${orphanGraceMs}`],
      ...[
        "QUEUE_PATH .*--queue-path",
        "PAGES_DIR .*--pages-dir",
        "BATCH_MODEL .*--model",
        "BATCH_SIZE .*--batch-size",
      ],
      ...["POLL_INTERVAL .*--poll-interval", "BATCH_POLL_INTERVAL .*--batch-poll-interval"],
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${told}`, "mu"));
    }
  });

  it.each(["summarize", "worker"])(
    "%s tells the defaults of the models, and where keys come from",
    async (command) => {
      const { stdout } = await program(["help", command]);
      for (const { defaultModel, keyVariable, baseUrlVariable } of remoteProviders) {
        for (const told of [defaultModel, keyVariable, baseUrlVariable]) {
          expect(stdout).toContain(told);
          expect(readFromPackage("README.md")).toContain(told);
        }
      }
    },
  );

  it.each([...COMMANDS])("the README has the same flags of %s", async (command) => {
    const { stdout } = await program(["help", command]);
    const offered = [...stdout.matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) /gmu)].map(([, flag]) => flag);
    const [, section = ""] = readFromPackage("README.md").split(`\n## Flags of \`${command}\`\n`);
    const [table = ""] = section.split("\n## ");
    const described = [...table.matchAll(/^\| `(--[a-z-]+(?: [A-Z]+)?)`/gmu)];
    expect([...described.map(([, flag]) => flag), "--help", "--version"]).toEqual(offered);
  });

  it("fits a terminal of 100 columns", async () => {
    for (const argv of [["help"], ...COMMANDS.map((command) => ["help", command])]) {
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
    ["a mistyped command of two words", ["worker-status"], 'Unknown command "worker-status".'],
    ["another mistyped command", ["estimat"], 'Unknown command "estimat". Did you mean estimate?'],
    ["a mistyped command", ["sumarize"], 'Unknown command "sumarize". Did you mean summarize?'],
    ["help for an unknown command", ["help", "server"], 'Unknown command "server".'],
    ["help for several commands", ["help", "summarize", "help"], "help takes one command."],
    ["a flag before the command", ["--quiet", "summarize"], "Unknown flag --quiet."],
    ["an unknown flag", ["summarize", "--frobnicate"], "Unknown flag --frobnicate."],
    ["a flag of another command", ["estimate", "--memo", "memo"], "Unknown flag --memo."],
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
    ["a blank value", ["summarize", "--model", " "], "--model got an empty value, expected --model ID."],
    ["an empty value", ["summarize", "--memo="], "--memo got an empty value, expected --memo DIR."],
    ["a value for a switch", ["summarize", "--json=yes"], '--json takes no value, got "yes".'],
  ])("%s", async (_name, argv, message) => {
    const { code, stdout, stderr } = await program(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`gro-summarizer: ${message}\n`);
    expect(stderr).toMatch(/see "gro-summarizer help( summarize| estimate)?"/iu);
  });
});
