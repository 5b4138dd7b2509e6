import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { wholeNumber } from "../options/check-value.js";

/** What all adapters of official SDKs are told about a model. */
export interface ModelSettings {
  readonly temperature?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly contextTokens?: number | undefined;
  readonly fetch?: unknown;
}

/** The options of an adapter, which may be left out, but are an object where they are there. */
export function checkAdapterOptions(options: { readonly contextTokens?: number | undefined }): void {
  if (typeof options !== "object" || options === null) {
    throw new InvalidOptionError("options", options, "an object, or nothing");
  }
  const { contextTokens } = options;
  if (contextTokens !== undefined) wholeNumber("contextTokens", contextTokens, 1);
}

/**
 * Checks what all adapters of official SDKs are told about a model.
 * @param example what a model is called there
 * @throws InvalidOptionError that names an option out of its range.
 */
export function checkModelSettings(
  model: unknown,
  options: ModelSettings,
  { example, highestTemperature }: { readonly example: string; readonly highestTemperature: number },
): void {
  if (typeof model !== "string" || model.trim() === "") {
    throw new InvalidOptionError("model", model, `the name of a model, such as "${example}"`);
  }
  checkAdapterOptions(options);
  const { temperature, reasoningTokens, fetch } = options;
  if (temperature !== undefined && !(temperature >= 0 && temperature <= highestTemperature)) {
    throw new InvalidOptionError("temperature", temperature, `a number from 0 to ${highestTemperature}`);
  }
  if (reasoningTokens !== undefined) wholeNumber("reasoningTokens", reasoningTokens, 0);
  if (fetch !== undefined && typeof fetch !== "function") {
    throw new InvalidOptionError("fetch", fetch, "a function like the runtime's own fetch");
  }
}
