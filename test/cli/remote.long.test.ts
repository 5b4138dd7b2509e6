import { createServer } from "node:net";
import { providers } from "@gro/cli";
import { systemClock, type SummaryResult } from "@gro/summarizer";
import { afterEach, describe, expect, it } from "vitest";
import {
  always,
  onRequests,
  startAnthropic,
  startOllama,
  startOpenAI,
  type AnthropicEmulator,
  type Cue,
  type Fault,
  type OpenAIEmulator,
} from "../emulators/index.js";
import { input, program, sentences } from "./program.js";
import { gather, realProgram, runProcess, startProcess, type ProcessVariables } from "./spawned.js";

/** The program with the official SDKs, against servers on this machine; as a process where that makes a difference. */
const text = sentences(200);
const argv = ["summarize", "--target-tokens", "60", "--chunk-size", "500"];

type Emulator = AnthropicEmulator | OpenAIEmulator;

let running: Emulator[] = [];
afterEach(async () => {
  await Promise.all(running.map((emulator) => emulator.close()));
  running = [];
});

async function started<Kind extends Emulator>(emulator: Promise<Kind>): Promise<Kind> {
  running.push(await emulator);
  return emulator;
}

/** Runs the program, and looks for the key in everything that it writes. */
async function run(args: readonly string[], variables: ProcessVariables, keys: readonly string[]) {
  const ended = await runProcess(realProgram, args, text, variables);
  for (const key of keys) expect(ended.stdout + ended.stderr).not.toContain(key);
  return ended;
}

/** The same in this process, with waits a hundred times as fast. */
async function runHere(args: readonly string[], variables: ProcessVariables, keys: readonly string[]) {
  const clock = {
    ...systemClock(),
    sleep: (ms: number, signal?: AbortSignal) => systemClock().sleep(ms / 100, signal),
  };
  const ended = await program(args, { stdin: input(text), variables, providers, clock });
  for (const key of keys) expect(ended.stdout + ended.stderr).not.toContain(key);
  return ended;
}

describe.each([
  ["anthropic", "ANTHROPIC", "claude-haiku-4-5", startAnthropic],
  ["openai", "OPENAI", "gpt-4o-mini", startOpenAI],
] as const)("%s", (provider, prefix, model, start) => {
  const emulator = (cue?: Cue): Promise<Emulator> =>
    started<Emulator>(start(cue === undefined ? {} : { cue }));
  const variables = ({ url, key }: Emulator) => ({ [`${prefix}_API_KEY`]: key, [`${prefix}_BASE_URL`]: url });

  it("summarizes with the key and the address of the environment", async () => {
    const server = await emulator();
    const { code, stdout, stderr } = await run([...argv, "--json"], variables(server), [server.key]);
    expect(stderr).toBe(
      `gro-summarizer: --provider auto takes ${provider}: ${model}, with the key of ${prefix}_API_KEY, at ${server.url}.\n`,
    );
    expect(code).toBe(0);
    const { usage, summary } = JSON.parse(stdout) as SummaryResult;
    expect(summary?.length).toBeGreaterThan(20);
    const { inputTokens, outputTokens } = server.billing.total;
    expect(usage).toMatchObject({ calls: server.received.length, inputTokens, outputTokens });
    expect(usage.costUsd).toBeGreaterThan(0);
  });

  it("--stream in a pipe gives exactly the summary, and --json its events", async () => {
    const server = await emulator();
    const keys = [server.key];
    const plain = await run(argv, variables(server), keys);
    const isStream = () => server.received.filter(({ body }) => /"stream":\s*true/u.test(body)).length;
    expect(isStream()).toBe(0);
    const [whole, events] = await Promise.all([
      run([...argv, "--stream"], variables(server), keys),
      run([...argv, "--stream", "--json"], variables(server), keys),
    ]);
    expect(whole).toEqual(plain);
    expect(isStream()).toBe(1);
    const told = events.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; text?: string; result?: SummaryResult });
    expect(`${told.at(-1)?.result?.summary}\n`).toBe(plain.stdout);
    expect(told.filter(({ kind }) => kind === "textDelta").length).toBeGreaterThan(2);
  });

  it("--api-key works and warns, and its value is not shown", async () => {
    const server = await emulator();
    const flags = ["--provider", provider, "--api-key", server.key, "--base-url", `${server.url}/v1/`];
    const wrong = {
      [`${prefix}_API_KEY`]: "sk-wrong-0123456789",
      [`${prefix}_BASE_URL`]: "http://127.0.0.1:1",
    };
    const { code, stderr } = await runHere([...argv, ...flags], wrong, [server.key, "sk-wrong-0123456789"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^gro-summarizer: warning: --api-key: [^\n]*\n$/u);
  });

  it("a wrong key ends with 1 after one call, and is not shown", async () => {
    const server = await emulator();
    const key = "sk-ant-wrong-0123456789abcdef";
    const wrong = { ...variables(server), [`${prefix}_API_KEY`]: key };
    const flags = ["--provider", provider, "--max-concurrency", "1", "--json"];
    const { code, stdout, stderr } = await run([...argv, ...flags], wrong, [key]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const fact of [provider, model, "map step", "status 401", "req_emulated_1", `${prefix}_API_KEY`]) {
      expect(stderr).toContain(fact);
    }
    expect(server.received).toHaveLength(1);
  });

  it("an unknown model ends with 1 after one call", async () => {
    const server = await emulator();
    const flags = ["--model", "made-up-1", "--max-concurrency", "1"];
    const { code, stdout, stderr } = await run([...argv, ...flags], variables(server), [server.key]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const fact of [`${provider}:made-up-1`, "status 404", "req_emulated_1", "no such model"]) {
      expect(stderr).toContain(fact);
    }
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ["no permission", { kind: "status", status: 403 }, "permission"],
    [
      "no credit",
      { kind: "status", status: 402, words: "Your credit balance is too low." },
      "no credit left",
    ],
  ] as const)("%s ends with 1 after one call", async (_name, fault: Fault, words) => {
    const server = await emulator(always(fault));
    const { code, stdout, stderr } = await runHere([...argv, "--max-concurrency", "1"], variables(server), [
      server.key,
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(words);
    expect(server.received).toHaveLength(1);
  });

  it("what passes is asked again, when the server says", async () => {
    const headers = { "retry-after-ms": "20" };
    const server = await emulator(onRequests([1, 2], { kind: "status", status: 429, headers }));
    const { code } = await runHere([...argv, "--max-concurrency", "1"], variables(server), [server.key]);
    expect(code).toBe(0);
    expect(server.billing.billedTwice).toEqual([]);
  });

  it("no key ends with 4 and the name of the variable, and nothing is sent", async () => {
    const server = await emulator();
    const flags = ["--provider", provider];
    const { code, stdout, stderr } = await runHere([...argv, ...flags], { [`${prefix}_API_KEY`]: "" }, []);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain(`${prefix}_API_KEY`);
    expect(server.received).toEqual([]);
  });

  it("SIGINT ends a request that hangs, with 130", async () => {
    const server = await emulator(always({ kind: "hang" }));
    const child = startProcess(realProgram, [...argv, "--stream", "--json"], variables(server));
    const { written, ended } = gather(child);
    child.stdin.end(text);
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 130, signal: null });
    await server.idle();
    expect(server.abandoned).toHaveLength(server.received.length);
    expect(written.stdout).toMatch(/^\{"kind":"planned"[^\n]*\n$/u);
    expect(written.stderr).toMatch(/stopped by SIGINT\.\n$/u);
    expect(written.stdout + written.stderr).not.toContain(server.key);
  });

  it("the SDK's own settings in the environment write nothing and change nothing", async () => {
    const server = await emulator();
    const others = {
      [`${prefix}_LOG`]: "debug",
      ANTHROPIC_AUTH_TOKEN: "sk-token-0123456789",
      OPENAI_ORG_ID: "org-0123456789",
    };
    const flags = ["--provider", provider];
    const { code, stderr } = await run([...argv, ...flags], { ...variables(server), ...others }, [
      server.key,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.stringify(server.received)).not.toMatch(/sk-token|org-0123/u);
  });

  it("an SDK that is not installed ends with 1 and how to install it", async () => {
    const sdk = { anthropic: "@anthropic-ai/sdk", openai: "openai" }[provider];
    const hooks = `export async function resolve(name, context, next) {
      if (name !== "${sdk}") return next(name, context);
      throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: "ERR_MODULE_NOT_FOUND" });
    }`;
    const asUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
    const hiding = asUrl(
      `import { register } from "node:module"; register(${JSON.stringify(asUrl(hooks))});`,
    );
    const given = { [`${prefix}_API_KEY`]: "sk-test-0123456789", NODE_OPTIONS: `--import=${hiding}` };
    const { code, stdout, stderr } = await run(argv, given, ["sk-test-0123456789"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`npm install @gro/${provider} ${sdk}`);
  });
});

describe("a server that speaks like OpenAI", () => {
  it("needs no key, and is sent none", async () => {
    const server = await started(startOllama());
    const flags = ["--provider", "openai", "--base-url", server.url, "--model", "llama3.2"];
    const { code, stdout, stderr } = await runHere([...argv, ...flags], {}, []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim()).not.toBe("");
    for (const { headers } of server.received) expect(headers).not.toHaveProperty("authorization");
  });

  it("that is not there is named", async () => {
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const address = probe.address();
        probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
      });
    });
    const url = `http://127.0.0.1:${port}/v1`;
    const flags = ["--provider", "openai", "--base-url", url, "--model", "llama3.2"];
    const { code, stdout, stderr } = await runHere([...argv, ...flags], {}, []);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`nothing answers at ${url}`);
  });
});
