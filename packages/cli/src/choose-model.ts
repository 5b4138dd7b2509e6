import { ModelError, type LanguageModel } from "@gro/summarizer";
import { findBaseUrl, findKey, hasKey } from "./access.js";
import type { Environment } from "./environment.js";
import { remoteProviders, type Provider, type ProviderTable, type RemoteProvider } from "./providers.js";
import { UsageError } from "./usage-error.js";

/** What the user says about the model. */
export interface ModelFlags {
  /** `--provider` */
  readonly provider?: string | undefined;
  /** `--model` */
  readonly model?: string | undefined;
  /** `--base-url` */
  readonly baseUrl?: string | undefined;
  /** `--api-key` */
  readonly apiKey?: string | undefined;
}

/** Where providers are looked for. */
export type ProviderWorld = Pick<Environment, "providers" | "variables">;

export interface ChosenModel {
  readonly model: LanguageModel;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

const AUTOMATIC = "auto";

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
function automaticName({ model, apiKey }: ModelFlags, { providers, variables }: ProviderWorld): string {
  const prefix = model === undefined ? undefined : prefixOf(model, providers);
  if (prefix !== undefined) return prefix;
  const vendor = model === undefined ? undefined : vendorOf(model, providers);
  if (apiKey !== undefined) {
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
  flags: ModelFlags,
  { providers }: ProviderWorld,
  isAutomatic: boolean,
): void {
  const settings = { "--model": flags.model, "--base-url": flags.baseUrl, "--api-key": flags.apiKey };
  const [needless] = Object.entries(settings).find(([, value]) => value !== undefined) ?? [];
  if (needless === undefined) return;
  throw new UsageError(
    `${needless} has no meaning with --provider ${name}${isAutomatic ? ", which auto takes" : ""}: ` +
      "it is one model, and runs on this machine.",
    isAutomatic
      ? `There is no key for another one: set ${keyVariables(providers)}, or say --provider.`
      : undefined,
  );
}

async function remoteModel(
  name: string,
  provider: RemoteProvider,
  flags: ModelFlags,
  variables: ProviderWorld["variables"],
): Promise<{ readonly model: LanguageModel; readonly description: string }> {
  const model = flags.model === undefined ? provider.defaultModel : withoutPrefix(flags.model, name);
  const baseUrl = findBaseUrl(provider, flags.baseUrl, variables);
  const key = findKey(provider, flags.apiKey, variables);
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
  return {
    model: await provider.create({ model, apiKey: key?.value, baseUrl: baseUrl?.value }),
    description,
  };
}

/**
 * The model that the flags and the environment ask for.
 * @throws UsageError when there is none; ModelError `credentials_missing` when its key is not there.
 */
export async function chooseModel(flags: ModelFlags, world: ProviderWorld): Promise<ChosenModel> {
  const { providers, variables } = world;
  const isAutomatic = (flags.provider ?? AUTOMATIC) === AUTOMATIC;
  const name = isAutomatic ? automaticName(flags, world) : (flags.provider ?? AUTOMATIC);
  const provider = providerNamed(name, providers);
  if (provider.kind === "local") refuseSettings(name, flags, world, isAutomatic);
  const { model, description } =
    provider.kind === "local"
      ? { model: await provider.create(), description: provider.description }
      : await remoteModel(name, provider, flags, variables);
  if (!isAutomatic) return { model };
  return { model, notice: `--provider auto takes ${name}: ${description}.` };
}

export interface NamedModel {
  /** With the vendor before it, as prices are listed. */
  readonly id: string;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

/** The id of the model that `--model` names, or else of the one that `auto` takes. Needs no key. */
export async function nameModel(model: string | undefined, world: ProviderWorld): Promise<NamedModel> {
  const { providers } = world;
  if (model !== undefined) {
    const local = Object.hasOwn(providers, model) ? providers[model] : undefined;
    if (local?.kind === "local") return { id: (await local.create()).id };
    const vendor = vendorOf(model, providers);
    return { id: vendor === undefined ? model : `${vendor}:${withoutPrefix(model, vendor)}` };
  }
  const name = automaticName({}, world);
  const provider = providerNamed(name, providers);
  const id = provider.kind === "local" ? (await provider.create()).id : `${name}:${provider.defaultModel}`;
  return { id, notice: `the estimate is for ${id}, as summarize takes: --model names another.` };
}
