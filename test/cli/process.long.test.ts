import { spawn, spawnSync } from "node:child_process";
import { constants, readFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sentences } from "./program.js";
import { gather, runProcess, scriptedProgram, startProcess, workingDirectory } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The program as a process of its own: what pipes, signals and terminals do to it. */
const folder = temporaryFolder();
const text = sentences(400);
const argv = ["summarize", "--provider", "extractive", "--target-tokens", "60", "--chunk-size", "500"];

/** Until the program listens to signals and has written `sign`. */
async function until(written: { readonly stderr: string }, sign: string): Promise<void> {
  while (!written.stderr.includes(sign)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Opens a named pipe and writes nothing, as soon as there is a reader. */
async function openForWriting(pipe: string): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      const hasNoReader = error instanceof Error && "code" in error && error.code === "ENXIO";
      if (!hasNoReader) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (name, code) => {
  it.each([
    ["while it waits for standard input", {}, "started", false],
    ["while a model is asked", { LATENCY: "600000" }, "auto takes", true],
    ["while a model computes", { BUSY: "300" }, "auto takes", true],
  ])(`%s ends it with ${code}`, async (_name, variables, sign, isPiped) => {
    const child = startProcess(
      scriptedProgram,
      ["summarize", "--target-tokens", "60", "--chunk-size", "50"],
      variables,
    );
    const { written, ended } = gather(child);
    if (isPiped) child.stdin.end(text);
    await until(written, sign);
    child.kill(name);
    expect(await ended).toEqual({ code, signal: null });
    expect(written.stdout).toBe("");
    expect(written.stderr).toContain(`stopped by ${name}.`);
  });
});

describe("pipes", () => {
  const shell = (command: string) =>
    spawnSync("bash", ["-c", `set -o pipefail; ${command}`], {
      cwd: workingDirectory,
      input: text,
      encoding: "utf8",
      env: { ...process.env, PROGRAM: `${process.execPath} --import tsx ${scriptedProgram}` },
    });

  it.skipIf(process.platform === "win32")("a reader that leaves at once is no failure", () => {
    const { status, stdout, stderr } = shell(`$PROGRAM ${argv.join(" ")} | head -c 0`);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "started\n" });
  });

  it.skipIf(process.platform !== "linux")("a full disk is one", () => {
    const { status, stderr } = shell(`$PROGRAM ${argv.join(" ")} > /dev/full`);
    expect(status).toBe(1);
    expect(stderr).toContain("Cannot write to standard output: no space is left on the device.");
  });

  it.skipIf(process.platform === "win32")("a process in place of a file", () => {
    const { status, stdout } = shell(`$PROGRAM summarize <(echo from a process)`);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "from a process\n" });
  });

  it.skipIf(process.platform === "win32")(
    "a named pipe that nobody writes to does not hold it after a signal",
    async () => {
      const pipe = `${folder.path}/pipe`;
      spawnSync("mkfifo", [pipe]);
      const child = startProcess(scriptedProgram, ["summarize", pipe]);
      const { ended } = gather(child);
      const writer = await openForWriting(pipe);
      child.kill("SIGINT");
      const { code, signal } = await ended;
      await writer.close();
      // Between opening and reading it ends by itself, in a read that blocks by the signal. A shell calls both 130.
      expect([130, "SIGINT"]).toContain(code ?? signal);
    },
  );
});

const hasTerminals =
  spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

/** `script` of util-linux gives a program a terminal; that of other systems takes other arguments. */
describe.skipIf(!hasTerminals)("on a terminal", () => {
  /** Runs a command with a terminal as standard input and error, and types when `sign` is there. */
  async function onTerminal(
    args: readonly string[],
    typed?: { readonly when: string; readonly text: string },
  ) {
    const result = `${folder.path}/result.txt`;
    const command = [process.execPath, "--import", "tsx", scriptedProgram, ...args]
      .map((word) => `'${word}'`)
      .join(" ");
    const child = spawn("script", ["-qec", `${command} > '${result}'`, "/dev/null"], {
      cwd: workingDirectory,
      env: { ...process.env, LATENCY: "20" },
    });
    const { written, ended } = gather(child);
    if (typed !== undefined) {
      while (!written.stdout.includes(typed.when)) await new Promise((resolve) => setTimeout(resolve, 10));
      child.stdin.write(typed.text);
    }
    const { code } = await ended;
    return { code, shown: written.stdout, result: readFileSync(result, "utf8") };
  }

  it("shows progress on one line, and the figures in the end", async () => {
    const file = folder.write("text.txt", text);
    const { code, shown, result } = await onTerminal([...argv, file]);
    expect(code).toBe(0);
    expect(result).toMatch(/\S\n$/u);
    expect(shown).toMatch(/\r0\/\d+ steps, [\d,]+ tokens in, [\d.]+ s/u);
    expect(shown).toMatch(/\r *\rgro-summarizer: [\d,]+ -> \d+ tokens, depth \d, \d+ calls, [\d.]+ s\r\n$/u);
  });

  it("--stream shows a draft, says that it was one, and then the summary", async () => {
    const file = folder.write("text.txt", text);
    const words = [process.execPath, "--import", "tsx", scriptedProgram, ...argv, "--stream", file];
    const child = spawn("script", ["-qec", words.map((word) => `'${word}'`).join(" "), "/dev/null"], {
      cwd: workingDirectory,
      env: { ...process.env, BEHAVIOUR: "verbose" },
    });
    const { written, ended } = gather(child);
    expect((await ended).code).toBe(0);
    const { stdout } = await runProcess(scriptedProgram, [...argv, "--stream", file], "", {
      BEHAVIOUR: "verbose",
    });
    const [before, ...shown] = written.stdout.split(
      "gro-summarizer: that was a draft; the summary begins anew:\r\n",
    );
    expect(before).toMatch(/\r +\r\S[^\r\n]{20,}\r\n$/u);
    expect(shown.at(-1)?.startsWith(stdout.replaceAll("\n", "\r\n"))).toBe(true);
  });

  it("says that it waits for text, and takes what is typed", async () => {
    const typed = { when: "reading from the terminal", text: "typed by hand\n\u0004" };
    const { code, result } = await onTerminal(argv, typed);
    expect({ code, result }).toEqual({ code: 0, result: "typed by hand\n" });
  });

  it("ends with 130 at Ctrl-C", async () => {
    const { code, result } = await onTerminal(argv, { when: "reading from the terminal", text: "\u0003" });
    expect({ code, result }).toEqual({ code: 130, result: "" });
  });
});
