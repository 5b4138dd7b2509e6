import { localBatch, type BatchProvider } from "@gro/batch";
import type { Clock } from "@gro/summarizer";
import { AUTOMATIC, chooseProvider, type ProviderArguments, type ProviderWorld } from "./choose-provider.js";
import type { ProviderTable } from "./providers.js";

/** What a model on this machine is called where batches are meant: it is run as if it had a batch API. */
const LOCAL = "local";

export interface ChosenBatchProvider {
  readonly provider: BatchProvider;
  /** What the user should know about the choice. */
  readonly notice?: string;
}

function tableForBatches(table: ProviderTable): ProviderTable {
  const entries = Object.entries(table).map(([name, provider]) => {
    return [provider.kind === "local" ? LOCAL : name, provider] as const;
  });
  return Object.fromEntries(entries);
}

/** What `--provider` of the worker takes. */
export function batchProviderNames(table: ProviderTable): readonly string[] {
  return [AUTOMATIC, ...Object.keys(tableForBatches(table))];
}

/**
 * The provider of batches that the flags and the environment ask for.
 * @throws UsageError when there is none; ModelError `credentials_missing` when its key is not there.
 */
export async function chooseBatchProvider(
  given: ProviderArguments,
  { providers, variables, clock }: ProviderWorld & { readonly clock: Clock },
): Promise<ChosenBatchProvider> {
  const { notice, ...chosen } = chooseProvider(given, { providers: tableForBatches(providers), variables });
  const provider =
    chosen.kind === "local"
      ? localBatch(await chosen.provider.create(), { clock })
      : await chosen.provider.createBatch(chosen.settings);
  return { provider, ...(notice !== undefined && { notice }) };
}
