export { run } from "./run.js";
export { processEnvironment } from "./process-environment.js";
export {
  providers,
  type LocalProvider,
  type Provider,
  type ProviderTable,
  type RemoteProvider,
  type RemoteSettings,
} from "./providers.js";
export { ExitCode } from "./exit-codes.js";
export type { Environment, SignalName, SignalSource } from "./environment.js";
export type { Variables } from "./variables.js";
export { countForStatus, type CountForStatusOptions, type StatusCount } from "./count-for-status.js";
export { startWorkerProcess, type WorkerProcess } from "./worker-process/worker-process.js";
export type { WorkerProcessOptions } from "./worker-process/worker-process-options.js";
export type { Death } from "./worker-process/restart-policy.js";
export type {
  WorkerLine,
  WorkerProcessEnd,
  WorkerProcessEvents,
} from "./worker-process/worker-process-events.js";
