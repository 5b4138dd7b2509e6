import type { BatchRecord } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import { LOCAL_PROVIDER_ID } from "../local/local-provider-id.js";
import { ProviderHealth } from "./provider-health.js";
import type { WorkerSettings } from "./worker-settings.js";

/** The providers of a worker: its own, that of the deadline, and both with the models that items name. */
export class Providers {
  /** Whose batches this worker looks after: also those of local runs that died, since nobody else may come for them. */
  readonly tended: readonly string[];
  private readonly byModel = new Map<string, BatchProvider | undefined>();
  private readonly healths = new Map<string, ProviderHealth>();

  constructor(private readonly settings: WorkerSettings) {
    const { provider, batchDeadline } = settings;
    const ids = [provider.id, ...(batchDeadline === undefined ? [] : [batchDeadline.provider.id])];
    this.tended = [...new Set([...ids, LOCAL_PROVIDER_ID])];
  }

  /** The worker's own ids, without those it only tidies up after. */
  get own(): ReadonlySet<string> {
    const { provider, batchDeadline } = this.settings;
    return new Set([provider.id, batchDeadline?.provider.id ?? provider.id]);
  }

  /** The provider that can be asked about a batch; `undefined` when nobody here knows of it. */
  byId(id: string): BatchProvider | undefined {
    const { provider, batchDeadline } = this.settings;
    return [provider, batchDeadline?.provider].find((candidate) => candidate?.id === id);
  }

  /** The same, with the batch's own model wherever that can be made: what fails is told with the name of the model that was asked. */
  forBatch({ provider: id, modelId }: Pick<BatchRecord, "provider" | "modelId">): BatchProvider | undefined {
    const provider = this.byId(id);
    if (provider === undefined || provider.modelId === modelId) return provider;
    const role = provider === this.settings.provider ? "batch" : "deadline";
    const known = [...this.byModel.values()].find(
      (candidate) => candidate?.id === id && candidate.modelId === modelId,
    );
    // After a restart no item may have named the model yet. Ids are `vendor:model`, and settings behind a semicolon.
    const [, model] = /^[^:]*:([^;]+)/u.exec(modelId) ?? [];
    const other = known ?? this.withModel(role, provider, model);
    return other?.modelId === modelId ? other : provider;
  }

  /** The provider of an item; `undefined` when there is no such model. */
  forModel(model: string | undefined): BatchProvider | undefined {
    return this.withModel("batch", this.settings.provider, model);
  }

  /** Who takes over after the deadline; `undefined` when nobody can. */
  afterDeadline(model: string | undefined, modelId: string): BatchProvider | undefined {
    const { batchDeadline } = this.settings;
    if (batchDeadline === undefined) return undefined;
    const provider = this.withModel("deadline", batchDeadline.provider, model);
    // Another id would give the steps other keys, and all that is in the memo would be asked again.
    return provider?.modelId === modelId ? provider : undefined;
  }

  healthOf(providerId: string): ProviderHealth {
    let health = this.healths.get(providerId);
    if (health === undefined) {
      health = new ProviderHealth(this.settings.pauseMs, this.settings.random);
      this.healths.set(providerId, health);
    }
    return health;
  }

  private withModel(
    role: string,
    provider: BatchProvider,
    model: string | undefined,
  ): BatchProvider | undefined {
    if (model === undefined) return provider;
    const name = `${role}:${model}`;
    if (!this.byModel.has(name)) this.byModel.set(name, made(provider, model));
    return this.byModel.get(name);
  }
}

function made(provider: BatchProvider, model: string): BatchProvider | undefined {
  try {
    const other = provider.withModel?.(model);
    return other?.id === provider.id ? other : undefined;
  } catch {
    return undefined;
  }
}
