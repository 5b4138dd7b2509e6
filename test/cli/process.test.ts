import { describe, expect, it } from "vitest";
import { sentences } from "./program.js";
import { realProgram, runProcess } from "./spawned.js";

const text = sentences(400);

describe("the real program", () => {
  it("summarizes what is piped in, with the offline model", async () => {
    const { code, stdout, stderr } = await runProcess(
      realProgram,
      ["summarize", "--target-tokens", "60"],
      text,
    );
    expect(code).toBe(0);
    expect(stdout.trim().length).toBeGreaterThan(20);
    expect(text).toContain(stdout.trim().split(/(?<=\.)\s/u)[0]);
    expect(stderr).toMatch(/^gro-summarizer: --provider auto takes extractive: /u);
  });

  it("refuses a binary file", async () => {
    const { code, stdout, stderr } = await runProcess(realProgram, ["summarize", process.execPath]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("is binary, not text");
  });

  it("refuses standard input when nothing is piped", async () => {
    const { code, stderr } = await runProcess(realProgram, ["summarize"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Standard input is empty");
  });

  it("tells its version", async () => {
    expect(await runProcess(realProgram, ["--version"])).toMatchObject({
      code: 0,
      stdout: "0.1.0\n",
      stderr: "",
    });
  });
});
