import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { runProcess } from "../cli/spawned.js";
import {
  onRequests,
  startAnthropic,
  startOllama,
  startOpenAI,
  type LoopbackServer,
} from "../emulators/index.js";

/** The programs as they are started by hand, against APIs on this machine. */
let running: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
});

function started<Server extends LoopbackServer>(server: Server): Server {
  running.push(server);
  return server;
}

function example(
  name: string,
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
) {
  const program = fileURLToPath(new URL(`../../examples/live/${name}.ts`, import.meta.url));
  return runProcess(program, args, "", variables);
}

describe("examples/live", () => {
  it("anthropic: says what it will do, how far it is, what it took, and the summary", async () => {
    const server = started(await startAnthropic());
    const variables = { ANTHROPIC_API_KEY: server.key, ANTHROPIC_BASE_URL: server.url };
    const { code, stdout, stderr } = await example("anthropic", [], variables);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "with anthropic:claude-haiku-4-5\n4062 tokens → at most 300: 6 chunks, 1 merges",
    );
    expect(stdout).toContain("7 of 7 done: merge");
    const { bills, total } = server.billing;
    expect(stdout).toContain(
      `  ${bills.length} calls, ${total.inputTokens} tokens in, ${total.outputTokens} out, $0.0`,
    );
    expect(stdout).not.toContain(server.key);
  });

  it("openai: takes a file and a model, and goes on after a failure that passes", async () => {
    const overloaded = { kind: "status", status: 503, headers: { "retry-after-ms": "10" } } as const;
    const server = started(await startOpenAI({ cue: onRequests([1], overloaded) }));
    const variables = { OPENAI_API_KEY: server.key, OPENAI_BASE_URL: `${server.url}/v1` };
    const { code, stdout } = await example(
      "openai",
      ["examples/quickstart/texts/journal.txt", "gpt-4o"],
      variables,
    );
    expect(code).toBe(0);
    expect(stdout).toContain("examples/quickstart/texts/journal.txt, with openai:gpt-4o\n");
    expect(stdout).toMatch(/ {2}attempt 1 failed, tried again in \d+ ms/u);
    expect(stdout).toMatch(/\d+ calls, \d+ tokens in, \d+ out, \$/u);
  });

  it("compatible-server: needs no key, and keeps every prompt within the context of the model", async () => {
    const server = started(await startOllama());
    const args = ["examples/quickstart/texts/document.md", "llama3.2", `${server.url}/v1`];
    const { code, stdout, stderr } = await example("compatible-server", args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("no price known");
    expect(server.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each([
    ["anthropic", "ANTHROPIC_API_KEY"],
    ["openai", "OPENAI_API_KEY"],
  ])("%s without a key ends with a sentence that names it", async (name, variable) => {
    const { code, stdout, stderr } = await example(name);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(variable);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
