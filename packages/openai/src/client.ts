import {
  addressOfClient,
  checkApiKey,
  checkBaseUrl,
  checkClient,
  isKeyAbsent,
  tellableAddress,
  type SdkConnection,
} from "@gro/summarizer";
import { OpenAI } from "openai";
import { PromptWatch } from "./prompt-watch.js";

/** The part of the official SDK's client that is used; its client for Azure has it too. */
export interface OpenAIClient {
  readonly chat: { readonly completions: Pick<OpenAI["chat"]["completions"], "create"> };
}

export interface ConnectionOptions {
  /** A client of your own, with its own key, address and headers; then the three options below mean nothing. */
  readonly client?: OpenAIClient | undefined;
  /** Not needed with a base URL whose server asks for none. */
  readonly apiKey?: string | undefined;
  /** Of a server that speaks the same protocol. A bare host gets `/v1`, any other path stays as it is. @default "https://api.openai.com/v1" */
  readonly baseURL?: string | undefined;
  /** Node's own gives up on an answer that has not begun after five minutes. @default the runtime's own */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds since the epoch, for `retry-after` headers that name a date. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Where calls go, and what is told when they fail. */
export interface Connection extends SdkConnection {
  readonly client: OpenAIClient;
  readonly completions: OpenAIClient["chat"]["completions"];
  /** Of all calls to this server, since one prompt alone tells little. */
  readonly prompts: PromptWatch;
}

const PROVIDER = "openai";
const KEY_NAME = "OPENAI_API_KEY";
const ADDRESS = "https://api.openai.com/v1";
/** The longest delay of a timer: the run's own timeout is always the first to end a call. */
export const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The SDK does not add `/v1`, and servers have it at different places in their paths. */
function addressFrom(baseURL: string | undefined): string {
  if (baseURL === undefined) return ADDRESS;
  const { origin, pathname } = checkBaseUrl(baseURL);
  const path = pathname.replace(/\/+$/u, "");
  return `${origin}${path === "" ? "/v1" : path}`;
}

/** Every setting that the SDK would otherwise read from the environment is given here. */
function clientFor(apiKey: string | undefined, address: string, fetch: ConnectionOptions["fetch"]): OpenAI {
  return new OpenAI({
    // The SDK insists on a key; without one, the header below takes it away again.
    apiKey: apiKey ?? "no-key",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: address,
    // OPENAI_CUSTOM_HEADERS cannot be switched off, but it must not sign the calls with another key.
    defaultHeaders: { Authorization: apiKey === undefined ? null : `Bearer ${apiKey}`, "api-key": null },
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT_MS,
    // It would write answers that it cannot read to the console, and the content with them.
    logLevel: "off",
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/**
 * Where a model's calls go.
 * @throws ModelError of kind `credentials_missing` when there is no key, no base URL and no client.
 */
export function connect(model: string, options: ConnectionOptions): Connection {
  const { apiKey, baseURL, fetch, now = Date.now } = options;
  const facts = { provider: PROVIDER, model, keyName: KEY_NAME, now };
  const to = (client: OpenAIClient, address: string, secrets: readonly string[]): Connection => ({
    ...facts,
    client,
    completions: client.chat.completions,
    prompts: new PromptWatch(facts),
    secrets,
    signer: client,
    address: tellableAddress(address),
  });
  if (options.client !== undefined) {
    const { client } = options;
    checkClient(client, client?.chat?.completions?.create, "openai", options);
    return to(client, addressOfClient(client, ADDRESS), []);
  }
  const key = isKeyAbsent(apiKey) && baseURL !== undefined ? undefined : checkApiKey(apiKey, facts);
  const address = addressFrom(baseURL);
  return to(clientFor(key, address, fetch), address, key === undefined ? [] : [key]);
}
