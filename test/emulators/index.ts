export { startAnthropic, type AnthropicEmulator, type AnthropicEmulatorOptions } from "./anthropic/server.js";
export {
  startOllama,
  startOpenAI,
  type OpenAIEmulator,
  type OpenAIEmulatorOptions,
} from "./openai/server.js";
export { Billing, hashOfBody, type Bill, type BilledUsage } from "./billing.js";
export { always, onRequests, type Cue, type Fault, type StatusFault } from "./faults.js";
export type { LoopbackServer, ReceivedRequest } from "./http-server.js";
