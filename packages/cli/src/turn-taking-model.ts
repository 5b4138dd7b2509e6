import { setImmediate } from "node:timers/promises";
import type { LanguageModel } from "@gro/summarizer";

/**
 * Lets everything else have its turn before each call. A model that computes here and waits for nothing would keep
 * signals and the progress line waiting until the whole run is over.
 */
export function turnTaking(model: LanguageModel): LanguageModel {
  return {
    id: model.id,
    async generate(request) {
      await setImmediate();
      request.signal?.throwIfAborted();
      return model.generate(request);
    },
  };
}
