import type { BatchProvider } from "@gro/batch";
import type { LanguageModel } from "@gro/summarizer";
import { loadPackage } from "./load-package.js";
import type { Variables } from "./variables.js";

/** A model that runs in this process: there is nothing to say about it. */
export interface LocalProvider {
  readonly kind: "local";
  /** What it is, for the line that tells what `auto` has taken. */
  readonly description: string;
  create(): Promise<LanguageModel>;
}

/** What a provider on the network is told. */
export interface RemoteSettings {
  readonly model: string;
  /** Absent only where the provider may do without. */
  readonly apiKey: string | undefined;
  /** Absent for the vendor's own address. */
  readonly baseUrl: string | undefined;
  /** Room for thinking in each call, in tokens. */
  readonly reasoningTokens: number;
}

/** A vendor, or servers that speak like it. */
export interface RemoteProvider {
  readonly kind: "remote";
  readonly defaultModel: string;
  /** What the names of its own models look like, to know whose a model is by its name. */
  readonly modelNames: RegExp;
  /** Its models that think whatever they are told, and use up the limit of a short summary before its first word. */
  readonly thinkingNames: RegExp;
  /** The environment variable that has the key. */
  readonly keyVariable: string;
  readonly baseUrlVariable: string;
  /** Whether a base URL is enough, as servers on one's own machine ask for no key. */
  readonly mayDoWithoutKey: boolean;
  create(settings: RemoteSettings): Promise<LanguageModel>;
  /** The same model through the vendor's batch API. */
  createBatch(settings: RemoteSettings): Promise<BatchProvider>;
}

/** Where summaries come from. */
export type Provider = LocalProvider | RemoteProvider;

/** Providers by the name that `--provider` takes, in the order in which `auto` looks for their keys. */
export type ProviderTable = Readonly<Record<string, Provider>>;

function loadAnthropic() {
  return loadPackage(() => import("@gro/anthropic"), ["@gro/anthropic", "@anthropic-ai/sdk"]);
}

function loadOpenAI() {
  return loadPackage(() => import("@gro/openai"), ["@gro/openai", "openai"]);
}

/** Each loads its package when it is chosen: nobody waits for the libraries of vendors that they do not use. */
export const providers: ProviderTable = {
  anthropic: {
    kind: "remote",
    defaultModel: "claude-haiku-4-5",
    modelNames: /^claude-/u,
    thinkingNames: /^claude-(fable|mythos)-/u,
    keyVariable: "ANTHROPIC_API_KEY",
    baseUrlVariable: "ANTHROPIC_BASE_URL",
    mayDoWithoutKey: false,
    async create({ model, apiKey, baseUrl, reasoningTokens }) {
      return (await loadAnthropic()).anthropic(model, { apiKey, baseURL: baseUrl, reasoningTokens });
    },
    async createBatch({ model, apiKey, baseUrl, reasoningTokens }) {
      return (await loadAnthropic()).anthropicBatch(model, { apiKey, baseURL: baseUrl, reasoningTokens });
    },
  },
  openai: {
    kind: "remote",
    defaultModel: "gpt-4o-mini",
    modelNames: /^(gpt-\d|chatgpt-|o\d)/u,
    thinkingNames: /^(o\d|gpt-5(?!.*-chat))/u,
    keyVariable: "OPENAI_API_KEY",
    baseUrlVariable: "OPENAI_BASE_URL",
    mayDoWithoutKey: true,
    async create({ model, apiKey, baseUrl, reasoningTokens }) {
      return (await loadOpenAI()).openai(model, { apiKey, baseURL: baseUrl, reasoningTokens });
    },
    async createBatch({ model, apiKey, baseUrl, reasoningTokens }) {
      return (await loadOpenAI()).openaiBatch(model, { apiKey, baseURL: baseUrl, reasoningTokens });
    },
  },
  extractive: {
    kind: "local",
    description: "the offline model, which picks sentences from the text",
    create: async () => (await import("@gro/extractive")).extractive(),
  },
};

/** Room for the thinking of models that cannot do without, unless the user says another. */
const USUAL_REASONING_TOKENS = 4_000;

/** The room for thinking that a model gets by what it is called. */
export function usualReasoningTokens(model: string, { thinkingNames }: RemoteProvider): number {
  return thinkingNames.test(model) ? USUAL_REASONING_TOKENS : 0;
}

/** The providers on the network, by name. */
export function remoteProviders(table: ProviderTable): (readonly [name: string, provider: RemoteProvider])[] {
  return Object.entries(table).flatMap(([name, provider]) =>
    provider.kind === "remote" ? [[name, provider] as const] : [],
  );
}

/** The keys that the environment has, for whatever provider. */
export function keysIn(variables: Variables, table: ProviderTable): string[] {
  return remoteProviders(table).flatMap(([, { keyVariable }]) => variables[keyVariable] ?? []);
}
