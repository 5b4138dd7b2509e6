import { ModelError } from "../errors/model-error.js";
import { SummarizationError } from "../errors/summarization-error.js";
import type { CompletionRequest } from "../plan/completion.js";
import { retryAfterOf } from "./answer-headers.js";
import { failureMessage } from "./failure-message.js";
import { kindOfFailure } from "./failure-kind.js";
import { readProviderFailure } from "./provider-failure.js";
import { quotableWords } from "./quotable-words.js";

/** What an adapter knows of a call that failed. */
export interface FailedCall {
  /** The vendor, for example `"anthropic"`. */
  readonly provider: string;
  readonly model: string;
  /** What was asked: server's words that quote it are not shown. */
  readonly request?: CompletionRequest;
  /** What the call was signed with: never shown, wherever it stands. */
  readonly secrets?: readonly string[];
  /** The environment variable that usually holds the key, named when the key is the problem. */
  readonly keyName?: string;
  /** The provider's id of the request, for errors that do not bring it. */
  readonly requestId?: string | undefined;
  /** Where the call went, without user name or password. */
  readonly address?: string;
  /** Whether errors that no call has thrown become `ModelError`s too, since all that the SDK throws may hold the key. */
  readonly coversAll?: boolean;
  /** Milliseconds since the epoch, for `retry-after` headers that name a date. @default Date.now */
  readonly now?: () => number;
}

const NETWORK_CODE = /^(E[A-Z_]{3,}|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|ERR_[A-Z_]+)$/u;

/**
 * An SDK's error told as a `ModelError`, for adapters of any vendor: the official SDKs, the AI SDK and LangChain are
 * understood by shape. It keeps nothing of the original, which may hold the key and the content. `undefined` for an error
 * that no provider's call has thrown, such as a mistake in a caller's own code.
 */
export function modelErrorFrom(error: unknown, call: FailedCall): SummarizationError | undefined {
  if (SummarizationError.isInstance(error)) return error;
  const { provider, model, keyName, address, secrets = [], now = Date.now } = call;
  const failure = readProviderFailure(error);
  if (failure === undefined) {
    if (call.coversAll !== true) return undefined;
    const words = error instanceof Error ? `${error.name}: ${error.message}` : "";
    const quote = quotableWords(words, secrets, call.request) ?? "for a reason that cannot be shown";
    const message = `the call could not be made: ${quote}`;
    return new ModelError({ kind: "invalid_request", provider, model, message, requestId: call.requestId });
  }
  const kind = kindOfFailure(failure);
  const message = failureMessage(kind, {
    keyName,
    address,
    networkCode: failure.codes.find((code) => NETWORK_CODE.test(code)),
    quote: quotableWords(failure.words, secrets, call.request),
  });
  const { status, requestId = call.requestId } = failure;
  const retryAfterMs = retryAfterOf(failure.header, now);
  return new ModelError({ kind, provider, model, message, status, requestId, retryAfterMs });
}
