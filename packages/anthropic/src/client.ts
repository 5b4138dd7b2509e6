import { Anthropic } from "@anthropic-ai/sdk";
import {
  addressOfClient,
  checkApiKey,
  checkBaseUrl,
  checkClient,
  tellableAddress,
  type SdkConnection,
} from "@gro/summarizer";

/** The part of the official SDK's client that is used; its clients for Bedrock, Vertex and Foundry have it too. */
export interface AnthropicClient {
  readonly messages: Pick<Anthropic["messages"], "create">;
}

export interface ConnectionOptions {
  /** A client of your own, with its own key, address and headers; then the three options below mean nothing. */
  readonly client?: AnthropicClient | undefined;
  readonly apiKey?: string | undefined;
  /** With or without `/v1` at its end. @default "https://api.anthropic.com" */
  readonly baseURL?: string | undefined;
  /** Node's own gives up on an answer that has not begun after five minutes. @default the runtime's own */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds since the epoch, for `retry-after` headers that name a date. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Where calls go, and what is told when they fail. */
export interface Connection extends SdkConnection {
  readonly client: AnthropicClient;
  readonly messages: AnthropicClient["messages"];
}

const PROVIDER = "anthropic";
const KEY_NAME = "ANTHROPIC_API_KEY";
const ADDRESS = "https://api.anthropic.com";
/** The longest delay of a timer: the run's own timeout is always the first to end a call. */
export const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The SDK adds `/v1` itself. */
function addressFrom(baseURL: string | undefined): string {
  if (baseURL === undefined) return ADDRESS;
  const { origin, pathname } = checkBaseUrl(baseURL);
  return `${origin}${pathname.replace(/\/+$/u, "").replace(/\/v1$/u, "")}`;
}

/** Every setting that the SDK would otherwise read from the environment is given here. */
function clientFor(apiKey: string, address: string, fetch: ConnectionOptions["fetch"]): Anthropic {
  return new Anthropic({
    apiKey,
    authToken: null,
    credentials: null,
    config: null,
    profile: null,
    webhookKey: null,
    baseURL: address,
    // ANTHROPIC_CUSTOM_HEADERS cannot be switched off, but it must not sign the calls with another key.
    defaultHeaders: { Authorization: `Bearer ${apiKey}`, "X-Api-Key": null },
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT_MS,
    // It would write answers that it cannot read to the console, and the content with them.
    logLevel: "off",
    openTelemetry: {},
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/**
 * Where a model's calls go.
 * @throws ModelError of kind `credentials_missing` when there is neither a key nor a client.
 */
export function connect(model: string, options: ConnectionOptions): Connection {
  const { apiKey, baseURL, fetch, now = Date.now } = options;
  const facts = { provider: PROVIDER, model, keyName: KEY_NAME, now };
  const to = (client: AnthropicClient, address: string, secrets: readonly string[]): Connection => ({
    ...facts,
    client,
    messages: client.messages,
    secrets,
    signer: client,
    address: tellableAddress(address),
  });
  if (options.client !== undefined) {
    const { client } = options;
    checkClient(client, client?.messages?.create, "@anthropic-ai/sdk", options);
    return to(client, addressOfClient(client, ADDRESS), []);
  }
  const key = checkApiKey(apiKey, facts);
  const address = addressFrom(baseURL);
  return to(clientFor(key, address, fetch), address, [key]);
}
