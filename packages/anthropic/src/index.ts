export { anthropic, type AnthropicModel, type AnthropicOptions } from "./anthropic.js";
export type { AnthropicClient, ConnectionOptions } from "./client.js";
export { anthropicBatch } from "./batch/batch.js";
export type { AnthropicBatchClient, AnthropicBatchOptions } from "./batch/connection.js";
