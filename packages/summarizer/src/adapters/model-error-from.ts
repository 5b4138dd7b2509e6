import { ModelError } from "../errors/model-error.js";
import { SummarizationError } from "../errors/summarization-error.js";
import type { CompletionRequest } from "../plan/completion.js";
import { retryAfterOf } from "./answer-headers.js";
import { failureMessage } from "./failure-message.js";
import { kindOfFailure } from "./failure-kind.js";
import { field } from "./field.js";
import { framesOf, isHarmless, secretsSentWith } from "./foreign-error.js";
import { readProviderFailure, statusTold } from "./provider-failure.js";
import { quotableWords } from "./quotable-words.js";
import { shownRequestId } from "./request-id.js";
import { secretsIn } from "./secrets-in.js";
import type { Disclosure } from "./without-secrets.js";

/** What an adapter knows of a call that failed. */
export interface FailedCall {
  /** The vendor, for example `"anthropic"`. */
  readonly provider: string;
  readonly model: string;
  /** What was asked: server's words that quote it are not shown. Without it, only brief ones are. */
  readonly request?: CompletionRequest;
  /** What the call was signed with: never shown, wherever it stands. */
  readonly secrets?: readonly string[];
  /** What signed the call, such as an SDK's client: the keys, tokens and headers that it holds are never shown either. */
  readonly signer?: unknown;
  /** The environment variable that usually holds the key, named when the key is the problem. */
  readonly keyName?: string;
  /** The provider's id of the request, for errors that do not bring it. */
  readonly requestId?: string | undefined;
  /** Where the call went, without user name or password. */
  readonly address?: string;
  /** The option that makes a caller ask less at a time, named when the rate limit is reached; `null` for none. @default "maxConcurrency" */
  readonly loadOption?: string | null;
  /** Whether errors that no call has thrown become `ModelError`s too, since all that the SDK throws may hold the key. */
  readonly coversAll?: boolean;
  /** Milliseconds since the epoch, for `retry-after` headers that name a date. @default Date.now */
  readonly now?: () => number;
}

const NETWORK_CODE = /^(E[A-Z_]{3,}|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|ERR_[A-Z_]+)$/u;

/** Answers of these kinds are about the key, whatever their words are. */
const ABOUT_ACCESS: ReadonlySet<number | undefined> = new Set([401, 403, 407]);

/**
 * An SDK's error told as a `ModelError`, for adapters of any vendor: the official SDKs, the AI SDK and LangChain are
 * understood by shape. It keeps nothing of the original, which may hold the key and the content, and quotes of its words
 * what cannot be a key.
 *
 * `undefined` for an error that no provider's call has thrown, such as a mistake in a caller's own code, and that holds
 * nothing that could be a key: it can be passed on as it is.
 */
export function modelErrorFrom(error: unknown, call: FailedCall): SummarizationError | undefined {
  if (SummarizationError.isInstance(error)) return error;
  const { provider, model, keyName, address, loadOption = "maxConcurrency", now = Date.now } = call;
  const secrets = [...(call.secrets ?? []), ...secretsIn(call.signer), ...secretsSentWith(error)];
  const failure = readProviderFailure(error);
  if (failure === undefined) {
    const disclosure = { secrets, model, isAboutAccess: false };
    return call.coversAll !== true && isHarmless(error, disclosure)
      ? undefined
      : notMade(error, call, disclosure);
  }
  const kind = kindOfFailure(failure);
  const isAboutAccess =
    ABOUT_ACCESS.has(statusTold(failure)) || ["credentials_refused", "permission_denied"].includes(kind);
  const retryAfterMs = retryAfterOf(failure.header, now);
  const networkCode = failure.codes.find((code) => NETWORK_CODE.test(code));
  const message = failureMessage(kind, {
    keyName,
    address,
    loadOption,
    status: statusTold(failure),
    retryAfterMs,
    networkCode,
    quote: quotableWords(failure.words, call.request, { secrets, model, isAboutAccess }),
  });
  const { status } = failure;
  const requestId = shownRequestId(failure.requestId ?? call.requestId, secrets);
  return new ModelError({ kind, provider, model, message, status, requestId, networkCode, retryAfterMs });
}

/** An error that no provider's call has thrown. Where it was thrown stays to be seen. */
function notMade(
  error: unknown,
  { provider, model, request, requestId }: FailedCall,
  disclosure: Disclosure,
): ModelError {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : "";
  const quote = quotableWords(words, request, disclosure) ?? "for a reason that cannot be shown";
  const kind = field(error, "isRetryable") === true ? "server_error" : "invalid_request";
  const message = `the call could not be made: ${quote}`;
  const id = shownRequestId(requestId, disclosure.secrets);
  const told = new ModelError({ kind, provider, model, message, requestId: id });
  const frames = framesOf(error);
  if (frames !== "") told.stack = `${told.name}: ${told.message}\n${frames}`;
  return told;
}
