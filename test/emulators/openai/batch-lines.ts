import type { BatchedRequest } from "../batches/settings.js";
import type { ApiError } from "./api-error.js";

function line(request: BatchedRequest, response: object | null, error: object | null): string {
  const { customId, batchNumber, index } = request;
  return JSON.stringify({
    id: `batch_req_${batchNumber}_${index + 1}`,
    custom_id: customId,
    response,
    error,
  });
}

/** A request that was answered, with whatever status. */
export function lineOfResponse(request: BatchedRequest, status: number, body: object): string {
  const requestId = `req_emulated_${request.batchNumber}_${request.index + 1}`;
  return line(request, { status_code: status, request_id: requestId, body }, null);
}

/** A request that never came to be asked. */
export function lineOfError(request: BatchedRequest, code: string, message: string): string {
  return line(request, null, { code, message });
}

export function errorIn(error: ApiError): object {
  return error.body();
}

/** An answer with another reason for its end. */
export function answerIn(body: object, finishReason: string | undefined): object {
  if (finishReason === undefined) return body;
  const { choices } = body as { readonly choices: readonly object[] };
  return { ...body, choices: choices.map((choice) => ({ ...choice, finish_reason: finishReason })) };
}
