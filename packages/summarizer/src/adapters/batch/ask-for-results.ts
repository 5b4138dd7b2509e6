import { ModelError } from "../../errors/model-error.js";
import type { FailedCall } from "../model-error-from.js";
import { askOnce, type CallOptions, type CallTime } from "./ask-once.js";
import { isMissing } from "./is-missing.js";

const NOT_FOUND = 404;

/**
 * Opens what holds a batch's results. That it is not there is its own trouble, and neither the account's nor the model's, which 404
 * stands for elsewhere: with the API's own words it is an `invalid_request` of status 404, with another's `malformed_response`.
 *
 * @param what names it at the beginning of a message, for example "file file-1 with results of batch batch-1"
 */
export async function askForResults(
  connection: FailedCall,
  time: CallTime,
  make: (options: CallOptions) => { asResponse(): Promise<Response> },
  what: string,
): Promise<Response> {
  const { provider, model, address } = connection;
  let response: Response | undefined;
  try {
    response = await askOnce(connection, time, make, async (call) => {
      try {
        return await call.asResponse();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  } catch (error) {
    if (!(error instanceof ModelError) || error.status !== NOT_FOUND) throw error;
    const message = `${what} cannot be read: the answer of ${address ?? "the provider"} is no answer of the API; does the base URL lead to it?`;
    const { requestId, status } = error;
    throw new ModelError({ kind: "malformed_response", provider, model, message, requestId, status });
  }
  if (response !== undefined) return response;
  const message = `${what} is not there any more, or never was: the API does not know it`;
  throw new ModelError({ kind: "invalid_request", provider, model, message, status: NOT_FOUND });
}
