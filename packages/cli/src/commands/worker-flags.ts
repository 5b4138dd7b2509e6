import type { FlagTable } from "../arguments.js";
import { ACCESS_FLAGS } from "./provider-flags.js";
import { STORE_FLAGS } from "./store-flags.js";

/** In the order in which the help shows them. */
export const WORKER_FLAGS = {
  ...STORE_FLAGS,
  provider: { value: "P", help: "whose batches: auto, anthropic, openai or local (default auto)" },
  model: {
    value: "ID",
    variable: "BATCH_MODEL",
    help: "the provider's model (default claude-haiku-4-5 or gpt-4o-mini)",
  },
  ...ACCESS_FLAGS,
  "poll-interval": {
    value: "MS",
    variable: "POLL_INTERVAL",
    help: "how often to look for new pages (default 60000)",
  },
  "batch-poll-interval": {
    value: "MS",
    variable: "BATCH_POLL_INTERVAL",
    help: "how often to ask about a batch (default 300000)",
  },
  "batch-size": { value: "N", variable: "BATCH_SIZE", help: "the most requests in a batch (default 10000)" },
  "orphan-grace": {
    value: "MS",
    help: "how long a batch without an answer is looked for (default 120000)",
  },
  "metrics-port": {
    value: "N",
    variable: "METRICS_PORT",
    help: "answer /metrics for Prometheus and /healthz there; 0 takes a free port",
  },
  "metrics-host": {
    value: "ADDRESS",
    variable: "METRICS_HOST",
    help: "listen at this address (default 127.0.0.1: this machine alone)",
  },
  "until-stdin-ends": { help: "stop when standard input ends, as when whoever started it is gone" },
  drain: { help: "stop when nothing is queued and nothing is out" },
  json: { help: "print every event as one JSON object a line" },
} as const satisfies FlagTable;

export type WorkerFlag = keyof typeof WORKER_FLAGS;
