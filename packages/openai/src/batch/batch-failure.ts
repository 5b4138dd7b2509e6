import type { ProviderFailure } from "@gro/batch";
import { ModelError, modelErrorFrom, toldFailure, type ModelErrorKind } from "@gro/summarizer";
import type { Connection } from "../client.js";
import type { ToldBatch } from "./status.js";

/** The batch was created, and then found to be more than the account may have waiting at a time. */
const QUEUE_FULL = /token_limit_exceeded|enqueued_token|batch_(limit|queue)/iu;
/** The server's own trouble: nothing is wrong with the batch. */
const SERVER = /server_error|internal|unavailable|overloaded|timeout|timed_out/iu;

function told(kind: ModelErrorKind, message: string, { provider, model }: Connection): ProviderFailure {
  return toldFailure(new ModelError({ kind, provider, model, message }));
}

/** Why a batch was turned down as a whole, after it had been created. Its first error stands for all. */
export function batchFailure({ id, errors }: ToldBatch, connection: Connection): ProviderFailure {
  const { code = "", message = "" } = errors?.data?.[0] ?? {};
  if (QUEUE_FULL.test(code)) {
    const reason =
      "the account has as many tokens waiting in batches as it may have; send again when some have ended, and less at a time";
    return told("rate_limited", reason, connection);
  }
  // Whatever else is found before the first request is done lies in what was sent.
  const status = SERVER.test(code) ? {} : { code: 400 };
  const error = modelErrorFrom({ error: { type: code, message, ...status } }, connection);
  if (error instanceof ModelError && code !== "") return toldFailure(error);
  return told("invalid_request", `batch ${id ?? ""} was turned down without a reason`, connection);
}
