import type { LanguageModel } from "@gro/summarizer";
import { chooseProvider, type ProviderArguments, type ProviderWorld } from "./choose-provider.js";

export interface ChosenModel {
  readonly model: LanguageModel;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

/**
 * The model that the flags and the environment ask for.
 * @throws UsageError when there is none; ModelError `credentials_missing` when its key is not there.
 */
export async function chooseModel(given: ProviderArguments, world: ProviderWorld): Promise<ChosenModel> {
  const { notice, ...chosen } = chooseProvider(given, world);
  const model =
    chosen.kind === "local" ? await chosen.provider.create() : await chosen.provider.create(chosen.settings);
  return { model, ...(notice !== undefined && { notice }) };
}
