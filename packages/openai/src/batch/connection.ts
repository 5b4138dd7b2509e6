import {
  InvalidOptionError,
  resolveBatchSettings,
  type BatchSettings,
  type BatchSettingsOptions,
} from "@gro/summarizer";
import type { OpenAI } from "openai";
import { connect, type Connection, type OpenAIClient } from "../client.js";
import { checkSettings, settingsFrom, type OpenAIOptions } from "../openai.js";
import type { RequestSettings } from "../request.js";

/** The part of the official SDK's client that batches need; its client for Azure has it too. */
export interface OpenAIBatchClient extends OpenAIClient {
  readonly batches: Pick<OpenAI["batches"], "create" | "retrieve" | "list" | "cancel">;
  readonly files: Pick<OpenAI["files"], "create" | "content" | "delete">;
}

export interface OpenAIBatchOptions extends OpenAIOptions, BatchSettingsOptions {
  /** A client of your own, with its own key, address and headers; then `apiKey`, `baseURL` and `fetch` mean nothing. */
  readonly client?: OpenAIBatchClient | undefined;
}

/** Where batches go, what is in them, and how long is waited. */
export interface BatchConnection extends Connection {
  readonly client: OpenAIBatchClient;
  readonly settings: RequestSettings;
  readonly batches: BatchSettings;
  readonly loadOption: null;
}

/** 200 MB a file; read as the smaller of the two that this can mean. Files with results are kept for 30 days. */
const LIMITS = { maxRequests: 50_000, maxBytes: 200_000_000, keepsResultsMs: 30 * 86_400_000 };

function hasBatches(client: OpenAIClient): client is OpenAIBatchClient {
  const hasQuestions = "batches" in client && typeof client.batches === "object" && client.batches !== null;
  return hasQuestions && "files" in client && typeof client.files === "object" && client.files !== null;
}

/**
 * Where a model's batches go.
 * @throws ModelError of kind `credentials_missing` when there is no key, no base URL and no client.
 */
export function connectBatch(model: string, options: OpenAIBatchOptions): BatchConnection {
  checkSettings(model, options);
  const batches = resolveBatchSettings(options, LIMITS);
  const connection = connect(model, { ...options, now: options.now ?? (() => batches.clock.now()) });
  const settings = settingsFrom(model, options, connection);
  const { client } = connection;
  if (!hasBatches(client)) {
    throw new InvalidOptionError("client", client, "a client of openai whose API has files and batches");
  }
  // Questions about batches are no load that an option could lower.
  return { ...connection, client, settings, batches, loadOption: null };
}

/** What every question about batches needs: how long it may take, and who may stop it. */
export function callTime({ batches }: BatchConnection, signal: AbortSignal | undefined) {
  return { clock: batches.clock, milliseconds: batches.callTimeoutMs, signal };
}
