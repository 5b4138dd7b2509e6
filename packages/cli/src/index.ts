export { run } from "./run.js";
export { processEnvironment } from "./process-environment.js";
export { providers, type ModelSettings, type Provider, type ProviderTable } from "./providers.js";
export { ExitCode } from "./exit-codes.js";
export type { Environment, SignalName, SignalSource } from "./environment.js";
