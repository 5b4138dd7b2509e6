import { ModelError } from "@gro/summarizer";
import { findBaseUrl, findKey, hasKey } from "./access.js";
import type { Arguments } from "./arguments.js";
import type { Environment } from "./environment.js";
import {
  remoteProviders,
  usualReasoningTokens,
  type LocalProvider,
  type Provider,
  type ProviderTable,
  type RemoteProvider,
  type RemoteSettings,
} from "./providers.js";
import { numberOf } from "./commands/plan-settings.js";
import { UsageError } from "./usage-error.js";

/** What the user says about who writes. */
export type ProviderArguments = Arguments<"provider" | "model" | "base-url" | "api-key" | "reasoning-tokens">;

/** Where providers are looked for. */
export type ProviderWorld = Pick<Environment, "providers" | "variables">;

/** Who writes, and what is known about the choice. */
export type ChosenProvider = {
  /** What the user should know about the choice. */
  readonly notice?: string;
} & (
  | { readonly kind: "local"; readonly provider: LocalProvider }
  | { readonly kind: "remote"; readonly provider: RemoteProvider; readonly settings: RemoteSettings }
);

/** Leaves the choice to the keys that are there. */
export const AUTOMATIC = "auto";

const NOTHING_SAID: Pick<ProviderArguments, "text"> = { text: () => undefined };

/** A model's name without its vendor's before it. */
function withoutPrefix(model: string, vendor: string): string {
  const prefix = `${vendor}:`;
  return model.startsWith(prefix) && model !== prefix ? model.slice(prefix.length) : model;
}

/** The vendor whose name stands before a model's, as in `openai:gpt-4o-mini`. */
function prefixOf(model: string, table: ProviderTable): string | undefined {
  return remoteProviders(table).find(([name]) => withoutPrefix(model, name) !== model)?.[0];
}

/** The vendor that a model is of, by what it is called. */
function vendorOf(model: string, table: ProviderTable): string | undefined {
  return (
    prefixOf(model, table) ?? remoteProviders(table).find(([, { modelNames }]) => modelNames.test(model))?.[0]
  );
}

/** `one, two or three` */
function anyOf(names: readonly string[]): string {
  return names.join(", ").replace(/, ([^,]*)$/u, " or $1");
}

function keyVariables(table: ProviderTable): string {
  return anyOf(remoteProviders(table).map(([, { keyVariable }]) => keyVariable));
}

/**
 * What `auto` takes: the vendor that the model's name tells, where its key is there; else the first vendor whose key is there;
 * else what runs on this machine.
 */
function automaticName(
  given: Pick<ProviderArguments, "text">,
  { providers, variables }: ProviderWorld,
): string {
  const model = given.text("model");
  const prefix = model === undefined ? undefined : prefixOf(model, providers);
  if (prefix !== undefined) return prefix;
  const vendor = model === undefined ? undefined : vendorOf(model, providers);
  if (given.text("api-key") !== undefined) {
    if (vendor !== undefined) return vendor;
    const names = remoteProviders(providers).map(([name]) => `--provider ${name}`);
    throw new UsageError(`--api-key does not say whose key it is: add ${anyOf(names)}.`);
  }
  const withKey = remoteProviders(providers).filter(([, provider]) => hasKey(provider, variables));
  const [name] = withKey.find(([known]) => known === vendor) ?? withKey[0] ?? [];
  const local = () => Object.entries(providers).find(([, { kind }]) => kind === "local")?.[0];
  return name ?? local() ?? AUTOMATIC;
}

function providerNamed(name: string, table: ProviderTable): Provider {
  const provider = Object.hasOwn(table, name) ? table[name] : undefined;
  if (provider !== undefined) return provider;
  const known = [AUTOMATIC, ...Object.keys(table)].join(", ");
  throw new UsageError(`--provider: got ${JSON.stringify(name)}, expected one of: ${known}.`);
}

/** Flags that a model on this machine has no use for are most likely meant for another one. */
function refuseSettings(
  name: string,
  given: ProviderArguments,
  { providers }: ProviderWorld,
  isAutomatic: boolean,
): void {
  const needless = (["model", "base-url", "api-key", "reasoning-tokens"] as const).find((setting) =>
    // A variable may be meant for other runs, unless this one could have been one of them.
    isAutomatic ? given.text(setting) !== undefined : given.has(setting),
  );
  if (needless === undefined) return;
  throw new UsageError(
    `${given.originOf(needless)} has no meaning with --provider ${name}${isAutomatic ? ", which auto takes" : ""}: ` +
      "it is one model, and runs on this machine.",
    isAutomatic
      ? `There is no key for another one: set ${keyVariables(providers)}, or say --provider.`
      : undefined,
  );
}

/** What a provider on the network is told, and how that is described. */
function remoteSettings(
  name: string,
  provider: RemoteProvider,
  given: ProviderArguments,
  variables: ProviderWorld["variables"],
): { readonly settings: RemoteSettings; readonly description: string } {
  const named = given.text("model");
  const model = named === undefined ? provider.defaultModel : withoutPrefix(named, name);
  const baseUrl = findBaseUrl(provider, given.text("base-url"), variables);
  const key = findKey(provider, given.text("api-key"), variables);
  if (key === undefined && (baseUrl === undefined || !provider.mayDoWithoutKey)) {
    const { keyVariable, baseUrlVariable, mayDoWithoutKey } = provider;
    throw new ModelError({
      kind: "credentials_missing",
      provider: name,
      model,
      message:
        `there is no key. Set the environment variable ${keyVariable}.` +
        (mayDoWithoutKey
          ? ` A server that asks for none is named with --base-url or ${baseUrlVariable}.`
          : ""),
    });
  }
  const description = [
    model,
    ...(key === undefined ? [] : [`with the key of ${key.origin}`]),
    ...(baseUrl === undefined ? [] : [`at ${baseUrl.value}`]),
  ].join(", ");
  const reasoningTokens = numberOf(given.text("reasoning-tokens")) ?? usualReasoningTokens(model, provider);
  return { settings: { model, apiKey: key?.value, baseUrl: baseUrl?.value, reasoningTokens }, description };
}

/**
 * The provider that the flags and the environment ask for.
 * @throws UsageError when there is none; ModelError `credentials_missing` when its key is not there.
 */
export function chooseProvider(given: ProviderArguments, world: ProviderWorld): ChosenProvider {
  const { providers, variables } = world;
  const isAutomatic = (given.text("provider") ?? AUTOMATIC) === AUTOMATIC;
  const name = isAutomatic ? automaticName(given, world) : (given.text("provider") ?? AUTOMATIC);
  const provider = providerNamed(name, providers);
  const noticeOf = (description: string) =>
    isAutomatic ? { notice: `--provider auto takes ${name}: ${description}.` } : {};
  if (provider.kind === "local") {
    refuseSettings(name, given, world, isAutomatic);
    return { kind: "local", provider, ...noticeOf(provider.description) };
  }
  const { settings, description } = remoteSettings(name, provider, given, variables);
  return { kind: "remote", provider, settings, ...noticeOf(description) };
}

export interface NamedModel {
  /** With the vendor before it, as prices are listed. */
  readonly id: string;
  /** Room for its thinking in each call, as summarize gives it. */
  readonly reasoningTokens: number;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

/** The room for thinking of a vendor's model; 0 for one whose vendor is not known. */
function reasoningOf(vendor: string | undefined, model: string, table: ProviderTable): number {
  const provider = vendor === undefined ? undefined : table[vendor];
  return provider?.kind === "remote" ? usualReasoningTokens(model, provider) : 0;
}

/** The id of the model that `--model` names, or else of the one that `auto` takes. Needs no key. */
export async function nameModel(model: string | undefined, world: ProviderWorld): Promise<NamedModel> {
  const { providers } = world;
  if (model !== undefined) {
    const local = Object.hasOwn(providers, model) ? providers[model] : undefined;
    if (local?.kind === "local") return { id: (await local.create()).id, reasoningTokens: 0 };
    const vendor = vendorOf(model, providers);
    const bare = vendor === undefined ? model : withoutPrefix(model, vendor);
    const reasoningTokens = reasoningOf(vendor, bare, providers);
    return { id: vendor === undefined ? model : `${vendor}:${bare}`, reasoningTokens };
  }
  const name = automaticName(NOTHING_SAID, world);
  const provider = providerNamed(name, providers);
  const id = provider.kind === "local" ? (await provider.create()).id : `${name}:${provider.defaultModel}`;
  const reasoningTokens =
    provider.kind === "local" ? 0 : usualReasoningTokens(provider.defaultModel, provider);
  return {
    id,
    reasoningTokens,
    notice: `the estimate is for ${id}, as summarize takes: --model names another.`,
  };
}
