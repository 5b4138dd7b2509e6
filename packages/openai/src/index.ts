export { openai, type OpenAIModel, type OpenAIOptions } from "./openai.js";
export type { ConnectionOptions, OpenAIClient } from "./client.js";
export type { OutputLimitName, ReasoningEffort } from "./request.js";
export { openaiBatch } from "./batch/batch.js";
export type { OpenAIBatchClient, OpenAIBatchOptions } from "./batch/connection.js";
