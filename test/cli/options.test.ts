import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { describe, expect, it } from "vitest";
import { input, program, sentences, silence } from "./program.js";

describe("numbers out of range end with 2 before anything is read", () => {
  it.each([
    ["--target-tokens", "0", "0", "a whole number of at least 1"],
    ["--target-tokens", "-5", "-5", "a whole number of at least 1"],
    ["--target-tokens", "1.5", "1.5", "a whole number of at least 1"],
    ["--target-tokens", "many", '"many"', "a whole number of at least 1"],
    ["--target-tokens", "0x10", '"0x10"', "a whole number of at least 1"],
    ["--target-tokens", "1e999", "1e999", "a whole number of at least 1"],
    ["--target-tokens", "NaN", '"NaN"', "a whole number of at least 1"],
    ["--target-ratio", "0", "0", "a number above 0 and at most 1"],
    ["--target-ratio", "1.01", "1.01", "a number above 0 and at most 1"],
    ["--target-ratio", "0,5", '"0,5"', "a number above 0 and at most 1"],
    ["--chunk-size", "2", "2", "a whole number of at least 8"],
    ["--chunk-overlap", "2048", "2048", "a whole number from 0 to 2047"],
    ["--token-max", "1", "1", "a whole number of at least 64"],
    ["--max-concurrency", "0", "0", "a whole number of at least 1"],
    ["--timeout", "0", "0", "a whole number from 1 to 2147483647"],
  ])("%s %s", async (flag, value, shown, allowed) => {
    const { code, stdout, stderr } = await program(["summarize", flag, value], { stdin: silence() });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: `gro-summarizer: ${flag}: got ${shown}, expected ${allowed}.\n`,
    });
  });

  it("the overlap must be below the chunk size that is given with it", async () => {
    const { code, stderr } = await program(["summarize", "--chunk-size", "100", "--chunk-overlap=100"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "gro-summarizer: --chunk-overlap: got 100, expected a whole number from 0 to 99.\n",
    });
  });

  it("two targets exclude each other", async () => {
    const { code, stderr } = await program(["summarize", "--target-tokens", "5", "--target-ratio", "0.5"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--target-tokens and --target-ratio exclude each other");
  });

  it("an unknown content type is answered with the four that there are", async () => {
    const { code, stderr } = await program(["summarize", "--content-type", "poem"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'gro-summarizer: --content-type: got "poem", expected one of: general, conversation, journal, document.\n',
    });
  });
});

describe("flags reach the library", () => {
  const text = sentences(200);

  it("--target-tokens", async () => {
    const { code, stdout } = await program(["summarize", "--json", "--target-tokens", "40"], {
      stdin: input(text),
    });
    expect(code).toBe(0);
    const { outputTokens } = JSON.parse(stdout) as { outputTokens: number };
    expect(outputTokens).toBeGreaterThan(20);
    expect(outputTokens).toBeLessThanOrEqual(40);
  });

  it("--target-ratio", async () => {
    const { stdout } = await program(["summarize", "--json", "--target-ratio", ".05"], {
      stdin: input(text),
    });
    const { inputTokens, outputTokens } = JSON.parse(stdout) as { inputTokens: number; outputTokens: number };
    expect(outputTokens / inputTokens).toBeLessThanOrEqual(0.05);
    expect(outputTokens / inputTokens).toBeGreaterThan(0.025);
  });

  it("--chunk-size and --chunk-overlap", async () => {
    const calls = async (...flags: string[]) => {
      const model = scriptedModel();
      await program(["summarize", "--target-tokens", "90", ...flags], { stdin: input(text), model });
      return model.requests.length;
    };
    expect(await calls("--chunk-size", "200", "--chunk-overlap", "10")).toBeGreaterThan(await calls());
  });

  it("--max-concurrency", async () => {
    const most = async (limit: string) => {
      const clock = virtualClock({ jumps: true });
      const model = scriptedModel({ latencyMs: 10, clock });
      const argv = ["summarize", "--target-tokens", "90", "--chunk-size", "200", "--max-concurrency", limit];
      await program(argv, { stdin: input(text), model, clock });
      return model.concurrency.most;
    };
    expect([await most("1"), await most("3")]).toEqual([1, 3]);
  });

  it("--timeout", async () => {
    const clock = virtualClock({ jumps: true });
    const model = scriptedModel({ latencyMs: 500, clock });
    const argv = ["summarize", "--target-tokens", "90", "--timeout", "499", "--provider", "extractive"];
    const { code, stderr } = await program(argv, { stdin: input(text), model, clock });
    expect(code).toBe(1);
    expect(stderr).toContain("did not answer within 499 ms (--timeout).");
  });

  it.each(["general", "conversation", "journal", "document"])("--content-type %s", async (contentType) => {
    const systems = async (...flags: string[]) => {
      const model = scriptedModel();
      await program(["summarize", "--target-tokens", "90", ...flags], { stdin: input(text), model });
      return model.requests.map(({ system }) => system).join();
    };
    const isUsual = (await systems("--content-type", contentType)) === (await systems());
    expect(isUsual).toBe(contentType === "general");
  });

  it("the last of several values counts", async () => {
    const argv = ["summarize", "--target-tokens", "0", "--target-tokens", "40"];
    expect((await program(argv, { stdin: input(text) })).code).toBe(0);
  });
});

describe("--provider", () => {
  it("auto is the default, and says what it takes", async () => {
    const usual = await program(["summarize"], { stdin: input("short") });
    expect(usual).toEqual({
      code: 0,
      stdout: "short\n",
      stderr: "gro-summarizer: --provider auto takes extractive: a scripted model.\n",
    });
    expect(await program(["summarize", "--provider", "auto"], { stdin: input("short") })).toEqual(usual);
  });

  it("extractive needs no explanation", async () => {
    expect(await program(["summarize", "--provider", "extractive"], { stdin: input("short") })).toEqual({
      code: 0,
      stdout: "short\n",
      stderr: "",
    });
  });

  it.each(["llama", "toString", "__proto__"])("%s is unknown", async (name) => {
    const { code, stderr } = await program(["summarize", "--provider", name]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--provider: got "${name}", expected one of: auto, extractive.`);
  });

  it.each([
    ["--model", "gpt-5", "auto"],
    ["--model", "gpt-5", "extractive"],
    ["--base-url", "http://localhost:1", "auto"],
    ["--base-url", "http://localhost:1", "extractive"],
  ])("%s %s has no meaning with %s", async (flag, value, provider) => {
    const { code, stderr } = await program(["summarize", flag, value, "--provider", provider]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${flag} has no meaning with --provider extractive`);
  });
});
