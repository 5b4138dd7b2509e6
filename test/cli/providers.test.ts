import { ModelError } from "@gro/summarizer";
import { ScriptedError, scriptedModel, type ScriptedModelOptions } from "@gro/summarizer/testing";
import { providers, type Environment, type RemoteProvider, type RemoteSettings } from "@gro/cli";
import { describe, expect, it } from "vitest";
import { input, program, sentences, silence, type Ended } from "./program.js";

const ANTHROPIC_KEY = "sk-ant-not-a-real-key-0001";
const OPENAI_KEY = "sk-proj-not-a-real-key-0002";
const FLAG_KEY = "sk-flag-not-a-real-key-0003";

/** The real table, with models that only note how they were made. */
function emulated(options: ScriptedModelOptions = {}) {
  const made: (RemoteSettings & { readonly provider: string })[] = [];
  const remote = (name: "anthropic" | "openai"): RemoteProvider => {
    const provider = providers[name];
    if (provider?.kind !== "remote") throw new Error(`${name} is not in the table`);
    return {
      ...provider,
      create: async (settings) => {
        made.push({ provider: name, ...settings });
        return scriptedModel({ id: `${name}:${settings.model}`, ...options });
      },
    };
  };
  const local = {
    kind: "local",
    description: "a scripted model",
    create: async () => scriptedModel(options),
  } as const;
  return { made, table: { anthropic: remote("anthropic"), openai: remote("openai"), extractive: local } };
}

async function summarize(
  flags: readonly string[],
  variables: Environment["variables"] = {},
  given: Partial<Environment> & { readonly options?: ScriptedModelOptions } = {},
): Promise<Ended & { readonly made: readonly RemoteSettings[] }> {
  const { options, ...others } = given;
  const { made, table } = emulated(options);
  const ended = await program(["summarize", ...flags], {
    stdin: input("short"),
    variables,
    providers: table,
    ...others,
  });
  for (const key of [ANTHROPIC_KEY, OPENAI_KEY, FLAG_KEY])
    expect(ended.stdout + ended.stderr).not.toContain(key);
  return { ...ended, made };
}

const bothKeys = { ANTHROPIC_API_KEY: ANTHROPIC_KEY, OPENAI_API_KEY: OPENAI_KEY };

describe("--provider auto", () => {
  it.each([
    ["the first key", bothKeys, "anthropic", "claude-haiku-4-5", "ANTHROPIC_API_KEY"],
    ["the only key", { OPENAI_API_KEY: OPENAI_KEY }, "openai", "gpt-4o-mini", "OPENAI_API_KEY"],
    [
      "a key beside an empty one",
      { ...bothKeys, ANTHROPIC_API_KEY: " " },
      "openai",
      "gpt-4o-mini",
      "OPENAI_API_KEY",
    ],
  ])("takes %s, and says so", async (_name, variables, provider, model, keyVariable) => {
    const { code, stdout, stderr, made } = await summarize([], variables);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "short\n" });
    expect(stderr).toBe(
      `gro-summarizer: --provider auto takes ${provider}: ${model}, with the key of ${keyVariable}.\n`,
    );
    expect(made).toEqual([
      {
        ...{ provider, model, baseUrl: undefined, reasoningTokens: 0 },
        apiKey: variables[keyVariable as keyof typeof variables],
      },
    ]);
  });

  it("takes the offline model without a key, also where a base URL is set", async () => {
    const { code, stderr, made } = await summarize([], { OPENAI_BASE_URL: "http://localhost:11434/v1" });
    expect({ code, made }).toEqual({ code: 0, made: [] });
    expect(stderr).toBe("gro-summarizer: --provider auto takes extractive: a scripted model.\n");
  });

  it.each([
    ["a model of the second vendor", "gpt-4o", bothKeys, "openai", "gpt-4o"],
    ["a model of the first vendor", "claude-opus-5", bothKeys, "anthropic", "claude-opus-5"],
    ["the vendor before the model", "openai:o3-mini", bothKeys, "openai", "o3-mini"],
    ["a model of whomever", "llama3.2:3b", bothKeys, "anthropic", "llama3.2:3b"],
    [
      "a model of the vendor without a key, as gateways have them",
      "claude-haiku-4-5",
      { OPENAI_API_KEY: OPENAI_KEY },
      "openai",
      "claude-haiku-4-5",
    ],
  ])("looks at %s", async (_name, flag, variables, provider, model) => {
    const { code, made } = await summarize(["--model", flag], variables);
    expect(code).toBe(0);
    expect(made).toMatchObject([{ provider, model }]);
  });

  it("tells where the text goes when that is not the vendor", async () => {
    const { stderr } = await summarize(["--base-url", "http://localhost:8000"], bothKeys);
    expect(stderr).toContain("with the key of ANTHROPIC_API_KEY, at http://localhost:8000.");
  });

  it("asks whose key --api-key is, unless the model tells", async () => {
    const unclear = await summarize(["--api-key", FLAG_KEY], {}, { stdin: silence() });
    expect(unclear).toMatchObject({ code: 2, stdout: "", made: [] });
    expect(unclear.stderr).toContain("add --provider anthropic or --provider openai.");
    const clear = await summarize(["--api-key", FLAG_KEY, "--model", "gpt-4o"]);
    expect(clear.made).toMatchObject([{ provider: "openai", apiKey: FLAG_KEY }]);
  });

  it("is silent with --quiet", async () => {
    expect((await summarize(["--quiet"], bothKeys)).stderr).toBe("");
  });
});

describe("keys and addresses", () => {
  const variables = {
    ...bothKeys,
    ANTHROPIC_BASE_URL: "http://localhost:1",
    OPENAI_BASE_URL: "http://localhost:2",
  };

  it.each([
    ["anthropic", ANTHROPIC_KEY, "http://localhost:1"],
    ["openai", OPENAI_KEY, "http://localhost:2"],
  ])("of %s come from its own variables", async (provider, apiKey, baseUrl) => {
    const { code, stderr, made } = await summarize(["--provider", provider], variables);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(made).toMatchObject([{ provider, apiKey, baseUrl }]);
  });

  it.each(["anthropic", "openai"])("of %s come from flags first", async (provider) => {
    const flags = ["--api-key", FLAG_KEY, "--base-url", "https://models.example/v1", "--model", "mine"];
    const { code, made } = await summarize(["--provider", provider, ...flags], variables);
    expect(code).toBe(0);
    expect(made).toEqual([
      {
        ...{ provider, model: "mine", apiKey: FLAG_KEY, baseUrl: "https://models.example/v1" },
        reasoningTokens: 0,
      },
    ]);
  });

  it("--api-key warns that others see it", async () => {
    const { code, stderr } = await summarize(["--provider", "openai", "--api-key", FLAG_KEY]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^gro-summarizer: warning: --api-key: other users of this machine can see it\.[^\n]*\n$/u,
    );
    expect((await summarize(["--quiet", "--provider", "openai", "--api-key", FLAG_KEY])).stderr).toBe("");
  });

  it("a line break around a key is none of it", async () => {
    const { made } = await summarize(["--provider", "openai"], { OPENAI_API_KEY: `${OPENAI_KEY}\r\n` });
    expect(made).toMatchObject([{ apiKey: OPENAI_KEY }]);
  });

  it.each(["anthropic", "openai"])(
    "%s without a key ends with 4, before anything is read",
    async (provider) => {
      const ended = await summarize(
        ["--provider", provider],
        { [`${provider}_api_key`]: "x" },
        { stdin: silence() },
      );
      expect(ended).toMatchObject({ code: 4, stdout: "", made: [] });
      expect(ended.stderr).toContain(`environment variable ${provider.toUpperCase()}_API_KEY.`);
    },
  );

  it("a vendor that the model names with its prefix needs its own key", async () => {
    const ended = await summarize(["--model", "openai:gpt-4o"], { ANTHROPIC_API_KEY: ANTHROPIC_KEY });
    expect(ended).toMatchObject({ code: 4, made: [] });
    expect(ended.stderr).toContain("OPENAI_API_KEY");
  });

  it.each([
    [["--base-url", "http://localhost:11434"], {}],
    [[], { OPENAI_BASE_URL: "http://localhost:11434" }],
  ])("a server that speaks like OpenAI needs no key: %j", async (flags, given) => {
    const { code, made } = await summarize(["--provider", "openai", ...flags], given);
    expect(code).toBe(0);
    expect(made).toMatchObject([{ apiKey: undefined, baseUrl: "http://localhost:11434" }]);
  });

  it("an address is not enough for anthropic", async () => {
    const flags = ["--provider", "anthropic", "--base-url", "http://localhost:1"];
    expect((await summarize(flags)).code).toBe(4);
  });

  it("a provider that finds no key itself ends with 4 as well", async () => {
    const error = new ModelError({
      kind: "credentials_missing",
      provider: "openai",
      model: "gpt-4o-mini",
      message: "there is no key",
    });
    const { code } = await summarize(
      ["--provider", "extractive", "--target-tokens", "60"],
      {},
      {
        options: { cue: () => error },
        stdin: input(sentences(200)),
      },
    );
    expect(code).toBe(4);
  });

  it.each(["sk-broken \n key", "sk-brökén-key", "sk-broken…"])(
    "%j is no key, and is not shown",
    async (key) => {
      for (const [flags, given, origin] of [
        [[], { OPENAI_API_KEY: key }, "OPENAI_API_KEY"],
        [["--api-key", key], {}, "--api-key"],
      ] as const) {
        const ended = await summarize(["--provider", "openai", ...flags], given, { stdin: silence() });
        expect(ended).toMatchObject({ code: 2, stdout: "", made: [] });
        expect(ended.stderr).toContain(`${origin} holds no key`);
        expect(ended.stderr).not.toContain("sk-br");
      }
    },
  );

  it("a key that is not needed may be broken", async () => {
    const { code } = await summarize([], { ...bothKeys, OPENAI_API_KEY: "sk-broken key" });
    expect(code).toBe(0);
  });

  it.each([
    ["localhost:11434", true],
    ["ftp://localhost/", true],
    ["nowhere", true],
    ["http://user:secret@localhost/", false],
    ["http://localhost/?key=secret", false],
    ["http://user:secret@local host", false],
  ])("%s is no address", async (url, isShown) => {
    for (const [flags, given, origin] of [
      [[], { OPENAI_BASE_URL: url }, "OPENAI_BASE_URL"],
      [["--base-url", url], {}, "--base-url"],
    ] as const) {
      const ended = await summarize(["--provider", "openai", ...flags], given, { stdin: silence() });
      expect(ended).toMatchObject({ code: 2, stdout: "", made: [] });
      expect(ended.stderr).toContain(`${origin}:`);
      expect(ended.stderr).toContain("expected an http or https URL");
      expect(ended.stderr.includes(url)).toBe(isShown);
      expect(ended.stderr).not.toContain("secret");
    }
  });

  it.each(["--model", "--base-url", "--api-key", "--reasoning-tokens"])(
    "%s has no meaning for the offline model",
    async (flag) => {
      const ended = await summarize(["--provider", "extractive", flag, FLAG_KEY], bothKeys);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
      expect(ended.stderr).toContain(`${flag} has no meaning with --provider extractive`);
    },
  );

  it("what there would be to do without a key is told", async () => {
    const { code, stderr } = await summarize(["--model", "gpt-4o"]);
    expect(code).toBe(2);
    expect(stderr).toContain("set ANTHROPIC_API_KEY or OPENAI_API_KEY, or say --provider.");
  });

  it("unknown providers are answered with the known ones", async () => {
    const { code, stderr } = await summarize(["--provider", "llama"]);
    expect(code).toBe(2);
    expect(stderr).toContain("expected one of: auto, anthropic, openai, extractive.");
  });
});

describe("errors of providers", () => {
  const failing = (error: Error, flags: readonly string[] = []) =>
    summarize(["--provider", "anthropic", "--target-tokens", "60", ...flags], bothKeys, {
      options: { cue: () => error },
      stdin: input(sentences(200)),
    });

  it.each([
    ["credentials_refused", 401],
    ["permission_denied", 403],
    ["model_not_found", 404],
    ["out_of_credit", 400],
  ] as const)("%s ends with 1, and names provider, model, step, status and request", async (kind, status) => {
    const details = { kind, status, provider: "anthropic", model: "claude-haiku-4-5", requestId: "req_123" };
    for (const flags of [[], ["--json"], ["--json", "--quiet"]]) {
      const { code, stdout, stderr } = await failing(
        new ModelError({ ...details, message: "so it is" }),
        flags,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(
        /anthropic:claude-haiku-4-5 failed at the map step \S+ \(.*\): anthropic \(claude-haiku-4-5\): so it is/u,
      );
      expect(stderr).toContain(`status ${status}, request req_123`);
      expect(stderr.trimEnd()).not.toContain("\n");
    }
  });

  it("the names of options are those of flags", async () => {
    const message = "the request is longer than the model takes; lower chunkSize and tokenMax";
    const error = new ModelError({ kind: "invalid_request", provider: "anthropic", model: "mine", message });
    expect((await failing(error)).stderr).toContain("lower --chunk-size and --token-max");
  });

  it("a key in an error is left out, wherever it came from", async () => {
    for (const key of [ANTHROPIC_KEY, OPENAI_KEY]) {
      const error = new ScriptedError("refused", {});
      error.cause = new Error(`headers: Bearer ${key}, twice ${key}`);
      const { code, stderr } = await failing(error);
      expect(code).toBe(1);
      expect(stderr).toContain("because: headers: Bearer [key], twice [key]");
    }
    const { stderr } = await failing(new ScriptedError(`key ${FLAG_KEY}`), [`--api-key=${FLAG_KEY}`]);
    expect(stderr).toContain("key [key]");
  });

  it("a key that looks like a flag is not shown", async () => {
    const { code, stderr } = await summarize(["--provider", "openai", "--api-key", `-${FLAG_KEY}`]);
    expect(code).toBe(2);
    expect(stderr).toContain("is written --api-key=KEY.");
  });
});

describe("room for thinking", () => {
  it.each([
    ["gpt-5-mini", 4_000],
    ["gpt-5", 4_000],
    ["o4-mini", 4_000],
    ["gpt-5-chat-latest", 0],
    ["gpt-4o-mini", 0],
    ["claude-haiku-4-5", 0],
    ["claude-fable-5", 4_000],
  ])("is there by itself for %s: %i tokens", async (model, reasoningTokens) => {
    expect((await summarize(["--model", model], bothKeys)).made).toMatchObject([{ model, reasoningTokens }]);
  });

  it("is what the user says", async () => {
    const { made } = await summarize(["--model", "gpt-5-mini", "--reasoning-tokens", "900"], bothKeys);
    expect(made).toMatchObject([{ reasoningTokens: 900 }]);
  });

  it("that was too little is told, with the flag that helps", async () => {
    const usage = { inputTokens: 10, outputTokens: 10 };
    const cue = () => ({ text: "", finishReason: "length", usage }) as const;
    const flags = ["--provider", "openai", "--target-tokens", "20"];
    const stdin = input(sentences(200));
    const ended = await summarize(flags, bothKeys, { stdin, options: { cue } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/used up the output limit of \d+ tokens.* --reasoning-tokens/);
  });
});
