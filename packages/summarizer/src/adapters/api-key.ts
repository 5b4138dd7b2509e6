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

/**
 * The key without the blanks around it.
 * @throws ModelError of kind `credentials_missing` when there is none, of kind `credentials_refused` when it cannot be one. An
 * HTTP client would refuse it too, with the key in its error.
 */
export function checkApiKey(apiKey: string | undefined, { provider, model, keyName }: KeyOwner): string {
  const key = typeof apiKey === "string" ? apiKey.trim() : "";
  if (key !== "" && VISIBLE_ASCII.test(key)) return key;
  const kind = key === "" ? "credentials_missing" : "credentials_refused";
  const facts = { keyName, address: undefined, networkCode: undefined, quote: undefined };
  const message =
    key === ""
      ? failureMessage(kind, facts)
      : `the API key (${keyName}) has characters that no key has, such as a line break; copy it again`;
  throw new ModelError({ kind, provider, model, message });
}
