import { secretsIn, type Signed } from "./secrets-in.js";

/** Longer ids are none that a provider's support would ask for. */
const LONGEST = 200;

/** An id of a request as it may be shown: a server may send back whatever it was sent, also as its id. */
export function shownRequestId(
  requestId: string | null | undefined,
  secrets: readonly string[],
): string | undefined {
  if (requestId === null || requestId === undefined || requestId === "" || requestId.length > LONGEST)
    return undefined;
  return secrets.some((secret) => secret !== "" && requestId.includes(secret)) ? undefined : requestId;
}

/** The id of an answer that has come, where the server sent one, as a completion or an error may show it. */
export function requestIdOf(
  requestId: string | null | undefined,
  { secrets = [], signer }: Signed,
): string | undefined {
  if (requestId === null || requestId === undefined) return undefined;
  return shownRequestId(requestId, [...secrets, ...secretsIn(signer)]);
}
