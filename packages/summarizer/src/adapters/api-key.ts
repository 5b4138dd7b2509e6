import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { ModelError } from "../errors/model-error.js";
import { failureMessage } from "./failure-message.js";

export interface KeyOwner {
  readonly provider: string;
  readonly model: string;
  /** The environment variable that usually holds the key. */
  readonly keyName: string;
}

/** What can stand in a header. Anything else comes from copying: a line break, an ellipsis, a quotation mark. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** Whether there is no key at all: neither variables that are not set nor empty ones hold one. */
export function isKeyAbsent(apiKey: unknown): boolean {
  return apiKey === undefined || apiKey === null || (typeof apiKey === "string" && apiKey.trim() === "");
}

/**
 * The key without the blanks around it.
 * @throws ModelError of kind `credentials_missing` when there is none, of kind `credentials_refused` when it cannot be one. An
 * HTTP client would refuse it too, with the key in its error.
 * @throws InvalidOptionError for what is no string, such as a function that would get one.
 */
export function checkApiKey(apiKey: unknown, { provider, model, keyName }: KeyOwner): string {
  if (isKeyAbsent(apiKey)) {
    const facts = { keyName, address: undefined, networkCode: undefined, quote: undefined };
    const kind = "credentials_missing";
    throw new ModelError({ kind, provider, model, message: failureMessage(kind, facts) });
  }
  // What it is instead is not shown: it may be a key all the same.
  if (typeof apiKey !== "string") {
    throw new InvalidOptionError(
      "apiKey",
      `a ${typeof apiKey}`,
      "a string; a client of your own may have other ways",
    );
  }
  const key = apiKey.trim();
  if (VISIBLE_ASCII.test(key)) return key;
  const message = `the API key (${keyName}) has characters that no key has, such as a line break; copy it again`;
  throw new ModelError({ kind: "credentials_refused", provider, model, message });
}
