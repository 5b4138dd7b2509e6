import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { scriptedModel } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { input, program, sentences, Written } from "./program.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();
const summarize = (...rest: string[]) => ["summarize", "--provider", "extractive", ...rest];

describe("where the text comes from", () => {
  it("a file, from the working directory", async () => {
    folder.write("notes.txt", "a note");
    const ended = await program(summarize("notes.txt"), {
      workingDirectory: folder.path,
      stdin: input("not this"),
    });
    expect(ended).toEqual({ code: 0, stdout: "a note\n", stderr: "" });
  });

  it("a file by its whole path", async () => {
    const file = folder.write("whole.txt", "a note");
    expect((await program(summarize(file))).stdout).toBe("a note\n");
  });

  it("a file whose name looks like a flag", async () => {
    folder.write("--json", "a note");
    const ended = await program(summarize("--", "--json"), { workingDirectory: folder.path });
    expect(ended).toEqual({ code: 0, stdout: "a note\n", stderr: "" });
  });

  it.each([[summarize()], [summarize("-")]])("standard input: %j", async (argv) => {
    const ended = await program(argv, { stdin: input("a note") });
    expect(ended).toEqual({ code: 0, stdout: "a note\n", stderr: "" });
  });

  it("standard input in pieces that cut characters", async () => {
    const bytes = Buffer.from("naïve 漢字 🙂".repeat(10));
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    const stdin = Readable.from(pieces, { objectMode: false });
    expect((await program(summarize(), { stdin })).stdout).toBe(`${"naïve 漢字 🙂".repeat(10)}\n`);
  });

  it("a large standard input", async () => {
    const piece = Buffer.from(`${sentences(500)}\n\n`);
    const stdin = Readable.from(
      Array.from({ length: 60 }, () => piece),
      { objectMode: false },
    );
    const { code, stdout } = await program(summarize("--json", "--target-tokens", "60"), { stdin });
    expect(code).toBe(0);
    const { inputTokens } = JSON.parse(stdout) as { inputTokens: number };
    expect(inputTokens).toBeGreaterThan(500_000);
  });

  it("says what it waits for when that is the terminal", async () => {
    const ended = await program(summarize(), { stdin: input("typed\n", true) });
    expect(ended.stdout).toBe("typed\n");
    expect(ended.stderr).toContain("reading from the terminal");
    expect(ended.stderr).toContain("Ctrl-D");
  });

  it("does not speak of the terminal when there is a file, or with --quiet", async () => {
    const file = folder.write("there.txt", "a note");
    const onFile = await program(summarize(file), { stdin: input("", true) });
    const quiet = await program(summarize("--quiet"), { stdin: input("typed", true) });
    expect([onFile.stderr, quiet.stderr]).toEqual(["", ""]);
  });

  it("takes one file", async () => {
    const { code, stderr } = await program(summarize("one.txt", "two.txt"));
    expect(code).toBe(2);
    expect(stderr).toContain("summarize takes one FILE, got 2: one.txt, two.txt.");
  });

  it("does not wait for standard input when a script's variable is empty", async () => {
    const { code, stderr } = await program(summarize(""), { stdin: input("text") });
    expect(code).toBe(2);
    expect(stderr).toContain("The name of the FILE is empty.");
  });
});

describe("what the text is written in", () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le");

  it.each([
    ["UTF-8", Buffer.from("naïve 漢字 🙂")],
    ["UTF-8 with a byte order mark", Buffer.from("\uFEFFnaïve 漢字 🙂")],
    ["UTF-16 from Windows", utf16("naïve 漢字 🙂")],
    ["UTF-16, big end first", utf16("naïve 漢字 🙂").swap16()],
  ])("%s", async (_name, bytes) => {
    const file = folder.write("encoded.txt", bytes);
    const expected = { code: 0, stdout: "naïve 漢字 🙂\n", stderr: "" };
    expect(await program(summarize(file))).toEqual(expected);
    expect(await program(summarize(), { stdin: input(bytes) })).toEqual(expected);
  });

  it.each([
    ["NUL bytes", Buffer.from("text\0text"), "is binary, not text"],
    ["NUL characters in UTF-16", utf16("text\0text"), "is binary, not text"],
    ["UTF-16 without a byte order mark", utf16("text").subarray(2), "is binary, not text"],
    ["another encoding", Buffer.from("na\xefve", "latin1"), "is not valid UTF-8"],
    ["a character that is cut off", Buffer.from("naïve 漢").subarray(0, -1), "is not valid UTF-8"],
    ["half a UTF-16 unit", utf16("text").subarray(0, -1), "is not valid UTF-16"],
    ["half a surrogate pair", utf16("🙂").subarray(0, -2), "is not valid UTF-16"],
  ])("%s end with 2 and what to do", async (_name, bytes, message) => {
    const file = folder.write("broken.bin", bytes);
    const { code, stdout, stderr } = await program(summarize(file));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`${file} ${message}`);
    expect(stderr).toMatch(/convert|extract/iu);
    const piped = await program(summarize(), { stdin: input(bytes) });
    expect(piped.code).toBe(2);
    expect(piped.stderr).toContain(`Standard input ${message}`);
  });
});

describe("what cannot be read ends with 2, the name and the reason", () => {
  it("a file that is not there", async () => {
    const ended = await program(summarize("nowhere.txt"), { workingDirectory: folder.path });
    expect(ended).toEqual({
      code: 2,
      stdout: "",
      stderr: "gro-summarizer: Cannot read nowhere.txt: there is no such file.\n",
    });
  });

  it("a directory", async () => {
    mkdirSync(join(folder.path, "directory"));
    const ended = await program(summarize("directory"), { workingDirectory: folder.path });
    expect(ended).toEqual({
      code: 2,
      stdout: "",
      stderr: "gro-summarizer: Cannot read directory: it is a directory.\n",
    });
  });

  it("a file inside a file", async () => {
    folder.write("file", "a note");
    const { code, stderr } = await program(summarize("file/inside"), { workingDirectory: folder.path });
    expect(code).toBe(2);
    expect(stderr).toContain("Cannot read file/inside: a part of its path is not a directory.");
  });

  it("a name that no file can have", async () => {
    expect((await program(summarize("no\0file"))).code).toBe(2);
  });

  it("a name cannot write to the terminal", async () => {
    const { stderr } = await program(summarize("evil\u001b[2J\nname"));
    expect(stderr).toContain("Cannot read evil [2J name: ");
  });

  it("standard input that breaks", async () => {
    const stdin = new Readable({
      read: () => stdin.destroy(Object.assign(new Error("read EIO"), { code: "EIO" })),
    });
    const { code, stderr } = await program(summarize(), { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain("Cannot read standard input: i/o error.");
  });
});

describe("nothing to summarize", () => {
  it("an empty standard input ends with 2: nothing was piped", async () => {
    const { code, stdout, stderr } = await program(summarize(), { stdin: input("") });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Standard input is empty");
  });

  it.each(["", " \n\t\n", "\uFEFF", "\uFEFF\n"])(
    "a file with %j has no summary, and that is no error",
    async (content) => {
      const file = folder.write("blank.txt", content);
      const model = scriptedModel();
      expect(await program(summarize(file), { model })).toEqual({
        code: 0,
        stdout: "",
        stderr: "gro-summarizer: the text is blank: there is nothing to summarize.\n",
      });
      expect(await program(summarize(file, "--quiet"), { model })).toEqual({
        code: 0,
        stdout: "",
        stderr: "",
      });
      const { code, stdout } = await program(summarize(file, "--json"), { model });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ summary: null, inputTokens: 0, outputTokens: 0 });
      expect(model.requests).toEqual([]);
    },
  );

  it("a blank standard input that is not empty has no summary either", async () => {
    const ended = await program(summarize(), { stdin: input("\n") });
    expect(ended).toMatchObject({ code: 0, stdout: "" });
    expect(ended.stderr).toContain("the text is blank");
  });
});

describe("--prior-summary", () => {
  const text = sentences(200);
  const prompts = async (argv: string[], stdin: string) => {
    const model = scriptedModel();
    const { code } = await program(argv, { model, stdin: input(stdin), stderr: new Written() });
    expect(code).toBe(0);
    return model.requests.map(({ prompt }) => prompt);
  };

  it("goes along in every call", async () => {
    const prior = folder.write("prior.txt", "The old keeper left in spring.");
    const sent = await prompts(summarize("--target-tokens", "60", "--prior-summary", prior), text);
    expect(sent.length).toBeGreaterThan(1);
    for (const prompt of sent) expect(prompt).toContain("The old keeper left in spring.");
  });

  it("may come from standard input, where the text is a file", async () => {
    const file = folder.write("text.txt", text);
    const sent = await prompts(
      summarize(file, "--target-tokens", "60", "--prior-summary=-"),
      "The old keeper left.",
    );
    for (const prompt of sent) expect(prompt).toContain("The old keeper left.");
  });

  it("cannot come from standard input together with the text", async () => {
    const { code, stderr } = await program(summarize("--prior-summary", "-"), { stdin: input(text) });
    expect(code).toBe(2);
    expect(stderr).toContain("Only one can come from standard input");
  });

  it("a file that cannot be read ends with 2 and its name", async () => {
    const { code, stderr } = await program(summarize("--prior-summary", "nowhere.txt"), {
      stdin: input(text),
    });
    expect(code).toBe(2);
    expect(stderr).toContain("Cannot read nowhere.txt: there is no such file.");
  });
});
