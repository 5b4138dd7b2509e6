import type { Labels } from "../series.js";

/** A model's id as vendors write it: without the provider in front, and without settings behind. */
export function requestModel(provider: string, modelId: string): string {
  const name = modelId.replace(/;.*$/su, "");
  return name.startsWith(`${provider}:`) ? name.slice(provider.length + 1) : name;
}

/** Our labels that the conventions have names for. */
const NAMES: Readonly<Record<string, string>> = {
  provider: "gen_ai.provider.name",
  model: "gen_ai.request.model",
  type: "gen_ai.token.type",
};

/** Labels by the names that OpenTelemetry's conventions have for them, or by ours. */
export function attributesOf(labels: Labels): Record<string, string> {
  const { provider = "" } = labels;
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [
      NAMES[label] ?? `gro.${label}`,
      label === "model" ? requestModel(provider, value) : value,
    ]),
  );
}
