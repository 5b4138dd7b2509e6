import type { LanguageModel } from "@gro/summarizer";
import { turnTaking } from "./turn-taking-model.js";
import { UsageError } from "./usage-error.js";

/** What the user says about the model. */
export interface ModelSettings {
  /** `--model` */
  readonly modelId: string | undefined;
  /** `--base-url` */
  readonly baseUrl: string | undefined;
}

/** Where summaries come from. */
export interface Provider {
  /** What it is, for the line that tells what `auto` has taken. */
  readonly description: string;
  /** Whether `--model` and `--base-url` mean anything to it. */
  readonly takesModelSettings: boolean;
  create(settings: ModelSettings): Promise<LanguageModel>;
}

/** Providers by the name that `--provider` takes. */
export type ProviderTable = Readonly<Record<string, Provider>>;

/** Each loads its package when it is chosen: nobody waits for the libraries of vendors that they do not use. */
export const providers: ProviderTable = {
  extractive: {
    description: "the offline model, which picks sentences from the text",
    takesModelSettings: false,
    create: async () => turnTaking((await import("@gro/extractive")).extractive()),
  },
};

/** What `auto` takes. */
const AUTOMATIC = "extractive";

/** Names that this version knows only to say so. */
const NOT_IN_THIS_VERSION = new Set(["anthropic", "openai"]);

export interface ChosenModel {
  readonly model: LanguageModel;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

/**
 * The model that `--provider`, `--model` and `--base-url` ask for.
 * @throws UsageError when there is none.
 */
export async function chooseModel(
  name: string,
  settings: ModelSettings,
  table: ProviderTable,
): Promise<ChosenModel> {
  const isAutomatic = name === "auto";
  const chosen = isAutomatic ? AUTOMATIC : name;
  const provider = Object.hasOwn(table, chosen) ? table[chosen] : undefined;
  if (provider === undefined) {
    if (NOT_IN_THIS_VERSION.has(name)) {
      throw new UsageError(
        `--provider ${name}: this version brings the offline model only. Use --provider extractive.`,
      );
    }
    const known = ["auto", ...Object.keys(table)].join(", ");
    throw new UsageError(`--provider: got ${JSON.stringify(name)}, expected one of: ${known}.`);
  }
  if (!provider.takesModelSettings) {
    const needless = settings.modelId === undefined ? settings.baseUrl && "--base-url" : "--model";
    if (needless !== undefined) {
      throw new UsageError(
        `${needless} has no meaning with --provider ${chosen}${isAutomatic ? ", which auto takes" : ""}: ` +
          "it is one model, and runs on this machine.",
      );
    }
  }
  const model = await provider.create(settings);
  if (!isAutomatic) return { model };
  return { model, notice: `--provider auto takes ${chosen}: ${provider.description}.` };
}
