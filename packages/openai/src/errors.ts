import { failureOf, type GenerateRequest } from "@gro/summarizer";
import type { Connection } from "./client.js";

/** A call, as far as the SDK shows the answer to it. */
interface Call {
  asResponse(): Promise<Response>;
}

/** An answer with status 200 whose body is an error. */
export class ErrorInAnswer extends Error {
  constructor(readonly error: object) {
    super("The answer is an error");
    this.name = "ErrorInAnswer";
  }
}

/**
 * What is thrown when a call has failed: the signal's reason when the caller has stopped it, else a `ModelError`. The SDK's
 * own error is not kept: it may hold the key and the content.
 */
export async function failureIn(
  error: unknown,
  request: GenerateRequest,
  connection: Connection,
  call: Call,
): Promise<unknown> {
  const { provider, model, keyName, secrets, address, now } = connection;
  // An answer that cannot be read has an id all the same.
  const response = await call.asResponse().catch(() => undefined);
  const requestId = response?.headers.get("x-request-id") ?? undefined;
  return failureOf(error, request, {
    provider,
    model,
    keyName,
    secrets,
    address,
    now,
    requestId,
    coversAll: true,
  });
}
