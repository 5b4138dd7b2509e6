export { anthropic, type AnthropicModel, type AnthropicOptions } from "./anthropic.js";
export type { AnthropicClient, ConnectionOptions } from "./client.js";
