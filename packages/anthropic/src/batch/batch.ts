import type { BatchProvider } from "@gro/batch";
import { idOf } from "../anthropic.js";
import { cancelBatch } from "./cancel.js";
import { connectBatch, type AnthropicBatchOptions } from "./connection.js";
import { findBatches } from "./find.js";
import { sizeOf } from "./request.js";
import { readResults } from "./results.js";
import { readStatus } from "./status.js";
import { submitBatch } from "./submit.js";

/**
 * Batches of a model of Anthropic, at half the price of `anthropic(model, options)`: the same requests under the same id, so that both
 * use one memo. On the official SDK; every call is made once, and the caller decides what is tried again.
 *
 * ```ts
 * const provider = anthropicBatch("claude-haiku-4-5", { apiKey: process.env.ANTHROPIC_API_KEY });
 * ```
 *
 * @throws ModelError of kind `credentials_missing` when there is neither a key nor a client. No environment variable is read.
 * @throws InvalidOptionError that names an option out of its range.
 */
export function anthropicBatch(model: string, options: AnthropicBatchOptions = {}): BatchProvider {
  const connection = connectBatch(model, options);
  const { settings, batches } = connection;
  return {
    id: "anthropic",
    modelId: idOf(settings),
    limits: batches.limits,
    reasoningTokens: settings.reasoningTokens,
    ...(options.contextTokens === undefined ? {} : { contextTokens: options.contextTokens }),
    withModel: (other) => anthropicBatch(other, options),
    sizeOf: (request) => sizeOf(request, settings),
    submit: (submission) => submitBatch(submission, connection),
    status: (batchId, signal) => readStatus(batchId, connection, signal),
    results: (batchId, signal) => readResults(batchId, connection, signal),
    cancel: (batchId, signal) => cancelBatch(batchId, connection, signal),
    find: (lookUp, signal) => findBatches(lookUp, connection, signal),
  };
}
