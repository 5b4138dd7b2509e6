export { startAnthropic, type AnthropicEmulator, type AnthropicEmulatorOptions } from "./anthropic/server.js";
export {
  startOllama,
  startOpenAI,
  type OpenAIEmulator,
  type OpenAIEmulatorOptions,
} from "./openai/server.js";
export type { BatchFault } from "./batch-faults.js";
export type { BatchDesk } from "./batches/batch-desk.js";
export type { BatchJob } from "./batches/batch-job.js";
export type { BatchedRequest, BatchSettings, PlannedOutcome } from "./batches/settings.js";
export { Billing, hashOfBody, type Bill, type BilledUsage } from "./billing.js";
export type { Credit } from "./credit.js";
export { firstOf, onCalls } from "./cues.js";
export { always, onRequests, type Cue, type Fault, type StatusFault } from "./faults.js";
export type { LoopbackServer, ReceivedRequest } from "./http-server.js";
