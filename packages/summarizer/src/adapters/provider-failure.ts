import { headerReader, type ReadHeader } from "./answer-headers.js";
import { ErrorInAnswer } from "./error-in-answer.js";
import { field, numberField, stringField } from "./field.js";

/** How far a failed call came. */
export type FailureStage =
  | "answered" // the provider said that something is wrong
  | "unreachable" // there was no answer, or it broke off
  | "timed_out"
  | "unreadable" // there was an answer that is not one
  | "keyless"; // the SDK had nothing to sign the call with

/** What an SDK's error says, whichever SDK it is. */
export interface ProviderFailure {
  readonly stage: FailureStage;
  /** HTTP status. */
  readonly status: number | undefined;
  /** A status that stands in the body, as streams bring it when their own was 200 already. */
  readonly statusInBody: number | undefined;
  readonly header: ReadHeader;
  readonly requestId: string | undefined;
  /** The provider's names for what went wrong, such as `"rate_limit_error"` or `"ECONNREFUSED"`. */
  readonly codes: readonly string[];
  /** The provider's words. Not ours, and not safe to show as they are. */
  readonly words: string;
}

/** The status that says what failed: a status of success says nothing, as in streams, but the body may have one. */
export function statusTold({
  status,
  statusInBody: inBody,
}: Pick<ProviderFailure, "status" | "statusInBody">): number | undefined {
  return status !== undefined && status >= 400 ? status : inBody;
}

const LONGEST_CHAIN = 6;
const CODE_FIELDS = ["type", "code", "errorCode", "error_code", "status", "lc_error_code"];
const STATUS_FIELDS = ["code", "status", "statusCode", "status_code"];

/** The error and what caused it, outermost first. */
export function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let link = error;
  while (typeof link === "object" && link !== null && chain.length < LONGEST_CHAIN) {
    chain.push(link);
    link = field(link, "cause");
  }
  return chain;
}

/** Where SDKs keep the body of an error's answer, outermost first. */
function bodiesOf(error: unknown): unknown[] {
  const inner = [field(error, "error"), field(error, "data")];
  return [
    error,
    ...inner,
    ...inner.flatMap((body) => [field(body, "error"), field(body, "details")]),
  ].flatMap((body) => [body, field(body, "details")]);
}

const PROXY_ANSWER = /^Proxy response \(([45]\d\d)\)/u;

const PROXY_LOGIN = /^proxy authentication required$/iu;

function statusOf(error: unknown): number | undefined {
  for (const holder of [error, field(error, "response")]) {
    for (const name of ["status", "statusCode", "status_code"]) {
      const status = numberField(holder, name);
      if (status !== undefined && status >= 100 && status <= 599) return status;
    }
  }
  // A proxy that opens no tunnel answers instead of the provider; all that is left of its answer is in words.
  const words = stringField(error, "message") ?? "";
  const [, ofProxy = PROXY_LOGIN.test(words) ? "407" : undefined] = PROXY_ANSWER.exec(words) ?? [];
  return ofProxy === undefined ? undefined : Number(ofProxy);
}

function codesOf(error: unknown): string[] {
  const holders = [...bodiesOf(error), ...chainOf(error)];
  const codes = holders.flatMap((holder) =>
    CODE_FIELDS.map((name) => field(holder, name)).filter((code) => typeof code === "string"),
  );
  return [...new Set(codes)];
}

function statusInBody(error: unknown): number | undefined {
  for (const body of bodiesOf(error)) {
    for (const name of STATUS_FIELDS) {
      const content = field(body, name);
      const code = typeof content === "string" && /^\d{3}$/u.test(content) ? Number(content) : content;
      if (typeof code === "number" && code >= 400 && code <= 599) return code;
    }
  }
  return undefined;
}

/** The innermost message; some servers send a text in place of an object with one. */
function wordsOf(error: unknown): string {
  const [outermost, ...inner] = bodiesOf(error);
  const messages = inner.map((body) => stringField(body, "message"));
  const texts = inner.map((body) => (typeof body === "string" && body !== "" ? body : undefined));
  const said = (words: readonly (string | undefined)[]) => words.findLast((text) => text !== undefined);
  return said(messages) ?? said(texts) ?? stringField(outermost, "message") ?? "";
}

const TIMED_OUT =
  /^(TimeoutError|APIConnectionTimeoutError|ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/;
const UNREACHABLE =
  /^(ECONN|EPIPE$|ENOTFOUND$|EAI_|EHOST|ENET|UND_ERR_SOCKET$|APIConnectionError$|APIUserAbortError$|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|UNABLE_TO)/;
const BROKEN_TRANSPORT =
  /fetch failed|terminated|network|socket|load failed|other side closed|premature close/iu;
const UNREADABLE =
  /^AI_(JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody|NoContentGenerated)Error$/;
const ERROR_TYPE = /error|exceeded|overloaded|quota|limit/iu;
/** What engines say of JSON that ends too early. */
const CUT_JSON = /unexpected end|unterminated|unexpected eof|end of data/iu;

/** An error of the two official SDKs that came without an answer. Their class names do not survive minifying. */
function isAnswerlessSdkError(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["status", "headers", "error", "requestID"].every(
      (name) => name in error && field(error, name) === undefined,
    )
  );
}

/** What errors and their causes are called. */
function namesIn(chain: readonly unknown[]): string[] {
  return chain.flatMap((link) =>
    [
      stringField(link, "name"),
      stringField(link, "code"),
      stringField(field(link, "constructor"), "name"),
    ].filter((name) => name !== undefined),
  );
}

function stageOf(error: unknown, status: number | undefined): FailureStage | undefined {
  const chain = chainOf(error);
  const names = namesIn(chain);
  const words = stringField(error, "message") ?? "";
  if (names.includes("AI_LoadAPIKeyError") || /could not resolve authentication method/iu.test(words))
    return "keyless";
  const isUnreadable = names.some((name) => UNREADABLE.test(name));
  if (status !== undefined && status >= 400) return isUnreadable ? "unreadable" : "answered";
  if (names.some((name) => TIMED_OUT.test(name))) return "timed_out";
  if (isAnswerlessSdkError(error)) return /timed? ?out/iu.test(words) ? "timed_out" : "unreachable";
  if (names.some((name) => UNREACHABLE.test(name))) return "unreachable";
  if (chain.some((link) => link instanceof TypeError && BROKEN_TRANSPORT.test(link.message)))
    return "unreachable";
  if (chain.some((link) => link instanceof SyntaxError && CUT_JSON.test(link.message))) return "unreachable";
  if (error instanceof SyntaxError || isUnreadable) return "unreadable";
  // A status of success, and yet an error: the answer's body is at fault.
  if (status !== undefined) return hasBody(error) ? "answered" : "unreadable";
  if (names.includes("AI_NoSuchModelError") || names.includes(OVERFLOW)) return "answered";
  if (names.includes("AI_APICallError")) return "unreachable";
  // An error that arrived inside a stream has a body, but no status of its own.
  return hasBody(error) ? "answered" : undefined;
}

function hasBody(error: unknown): boolean {
  if (error instanceof ErrorInAnswer) return true;
  const body =
    field(error, "error") ?? (ERROR_TYPE.test(stringField(error, "type") ?? "") ? error : undefined);
  return body !== undefined && body !== null;
}

/** LangChain's own error for a prompt that is too long; what the provider said is its cause. */
const OVERFLOW = "ContextOverflowError";

/** The error of the chain that the provider's answer is in: wrappers have no status of their own. */
function answerIn(chain: readonly unknown[]): unknown {
  return chain.find((link) => statusOf(link) !== undefined) ?? chain[0];
}

/** What an SDK's error says; `undefined` for an error that no provider's call has thrown. */
export function readProviderFailure(thrown: unknown): ProviderFailure | undefined {
  // What a stream brings may be an error that the SDK has made of it already.
  const inner = thrown instanceof ErrorInAnswer ? thrown.error : undefined;
  return (inner instanceof Error ? readFailure(inner) : undefined) ?? readFailure(thrown);
}

function readFailure(thrown: unknown): ProviderFailure | undefined {
  const chain = chainOf(thrown);
  const error = answerIn(chain);
  const status = statusOf(error);
  const stage = stageOf(error, status);
  if (stage === undefined) return undefined;
  const headers =
    field(error, "headers") ?? field(error, "responseHeaders") ?? field(field(error, "response"), "headers");
  const header = headerReader(headers);
  return {
    stage,
    status,
    statusInBody: statusInBody(error),
    header,
    requestId: stringField(error, "requestID") ?? header("request-id") ?? header("x-request-id"),
    codes: [...codesOf(error), ...namesIn(chain).filter((name) => name === OVERFLOW)],
    words: wordsOf(error),
  };
}
