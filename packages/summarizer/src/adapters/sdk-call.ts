import { ModelError } from "../errors/model-error.js";
import type { GenerateRequest } from "../ports/language-model.js";
import { failureOf } from "./failure-of.js";
import type { FailedCall } from "./model-error-from.js";
import { requestIdOf } from "./request-id.js";

/** Where the calls of an official SDK go, and what is told when they fail. */
export type SdkConnection = Required<
  Pick<FailedCall, "provider" | "model" | "keyName" | "secrets" | "signer" | "address" | "now">
>;

/** A call of an official SDK, as far as the SDK shows the answer to it. */
export interface SdkCall {
  asResponse(): Promise<Response>;
}

/**
 * What is thrown when a call has failed: the signal's reason when the caller has stopped it, else a `ModelError`. The SDK's
 * own error is not kept: it may hold the key and the content.
 */
export async function failureOfCall(
  error: unknown,
  request: GenerateRequest,
  connection: SdkConnection,
  call: SdkCall,
): Promise<unknown> {
  const { provider, model, keyName, secrets, signer, address, now } = connection;
  // An answer that cannot be read has an id all the same.
  const headers = await call.asResponse().then(
    (response) => response.headers,
    () => undefined,
  );
  const requestId = headers?.get("request-id") ?? headers?.get("x-request-id") ?? undefined;
  return failureOf(error, request, {
    provider,
    model,
    keyName,
    secrets,
    signer,
    address,
    now,
    requestId,
    coversAll: true,
  });
}

/** A server sent something else than what its API promises. */
export function malformedAnswer(
  connection: SdkConnection,
  problem: string,
  requestId: string | null | undefined,
): ModelError {
  const { provider, model, address } = connection;
  return new ModelError({
    kind: "malformed_response",
    provider,
    model,
    message: `the answer of ${address} is ${problem}`,
    requestId: requestIdOf(requestId, connection),
  });
}
