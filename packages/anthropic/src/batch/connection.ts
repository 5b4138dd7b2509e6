import type { Anthropic } from "@anthropic-ai/sdk";
import {
  InvalidOptionError,
  resolveBatchSettings,
  type BatchSettings,
  type BatchSettingsOptions,
} from "@gro/summarizer";
import { settingsFrom, type AnthropicOptions } from "../anthropic.js";
import { connect, type AnthropicClient, type Connection } from "../client.js";
import type { RequestSettings } from "../request.js";

/** The part of the official SDK's client that batches need; its clients for Bedrock and Vertex do not have it. */
export interface AnthropicBatchClient extends AnthropicClient {
  readonly messages: AnthropicClient["messages"] & {
    readonly batches: Pick<Anthropic["messages"]["batches"], "retrieve" | "list" | "cancel">;
  };
  readonly get: Anthropic["get"];
  readonly post: Anthropic["post"];
}

export interface AnthropicBatchOptions extends AnthropicOptions, BatchSettingsOptions {
  /** A client of your own, with its own key, address and headers; then `apiKey`, `baseURL` and `fetch` mean nothing. */
  readonly client?: AnthropicBatchClient | undefined;
}

/** Where batches go, what is in them, and how long is waited. */
export interface BatchConnection extends Connection {
  readonly client: AnthropicBatchClient;
  readonly settings: RequestSettings;
  readonly batches: BatchSettings;
  readonly loadOption: null;
}

/** 256 MB a batch; read as the smaller of the two that this can mean. Results are kept for 29 days. */
const LIMITS = { maxRequests: 100_000, maxBytes: 256_000_000, keepsResultsMs: 29 * 86_400_000 };

function hasBatches(client: AnthropicClient): client is AnthropicBatchClient {
  const { messages } = client;
  const hasQuestions = "batches" in messages && typeof messages.batches === "object";
  const canAsk = "get" in client && typeof client.get === "function" && "post" in client;
  return hasQuestions && messages.batches !== null && canAsk;
}

/**
 * Where a model's batches go.
 * @throws ModelError of kind `credentials_missing` when there is neither a key nor a client.
 */
export function connectBatch(model: string, options: AnthropicBatchOptions): BatchConnection {
  const settings = settingsFrom(model, options);
  const batches = resolveBatchSettings(options, LIMITS);
  const connection = connect(model, { ...options, now: options.now ?? (() => batches.clock.now()) });
  const { client } = connection;
  if (!hasBatches(client)) {
    throw new InvalidOptionError("client", client, "a client of @anthropic-ai/sdk whose API has batches");
  }
  // Questions about batches are no load that an option could lower.
  return { ...connection, client, settings, batches, loadOption: null };
}

/** What every question about batches needs: how long it may take, and who may stop it. */
export function callTime({ batches }: BatchConnection, signal: AbortSignal | undefined) {
  return { clock: batches.clock, milliseconds: batches.callTimeoutMs, signal };
}
