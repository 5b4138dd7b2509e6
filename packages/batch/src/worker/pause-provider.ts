import type { ProviderFailure } from "../ports/batch-provider.js";
import type { WorkerParts } from "./worker-parts.js";

/** Stops submitting to a provider for a while and says so. Answers until when, in milliseconds since the epoch. */
export function pauseProvider(parts: WorkerParts, provider: string, failure: ProviderFailure): number {
  const { clock } = parts.settings;
  const { until, isNews } = parts.providers.healthOf(provider).pause(failure, clock.now());
  const { kind, message } = failure;
  if (isNews) parts.tell("paused", { provider, kind, message, until });
  return until;
}
