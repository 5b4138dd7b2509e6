import type { BatchWorker } from "@gro/batch";

/** Tells what a worker does. There are more events; these are the ones that a person wants to see. */
export function tell({ events }: BatchWorker): void {
  events.on("batchSubmitted", ({ requests, provider }) =>
    console.log(`  a batch of ${requests} requests is with ${provider}`),
  );
  events.on("batchCollected", ({ succeeded, failed, usage }) => {
    const failures = Object.keys(failed).length === 0 ? "" : `, without: ${JSON.stringify(failed)}`;
    const cost = (usage.costUsd ?? 0) === 0 ? "" : `, $${usage.costUsd?.toFixed(4)}`;
    console.log(`  and back: ${succeeded} answers${failures}${cost}`);
  });
  events.on("itemSummarized", ({ pageId, inputTokens, outputTokens }) =>
    console.log(`  ${pageId}: ${inputTokens} → ${outputTokens} tokens`),
  );
  events.on("itemDeadLettered", ({ pageId, message }) =>
    console.log(`  ${pageId} ended without a summary: ${message}`),
  );
  events.on("paused", ({ message, until }) =>
    console.log(`  paused: ${message} Tried again at ${new Date(until).toLocaleTimeString()}.`),
  );
  events.on("error", ({ doing, message }) => console.log(`  ${doing} failed: ${message}`));
}
