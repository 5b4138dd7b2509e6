import type { Clock } from "../../ports/clock.js";
import { ModelError } from "../../errors/model-error.js";
import { modelErrorFrom, type FailedCall } from "../model-error-from.js";
import { callWithin, type TimeLimit } from "./call-within.js";

/** How a call of an official SDK is made: once, stopped by the signal alone. A caller's client may have been set up otherwise. */
export interface CallOptions {
  readonly maxRetries: 0;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** A call of an official SDK, as far as the SDK shows the answer to it. */
interface SdkCall {
  asResponse(): Promise<Response>;
}

/** An answer is something else than what the API promises. Told with the address and the id of the request by `askOnce`. */
export class UnexpectedAnswer extends Error {
  /** @param problem for example "no batch; does the base URL lead to the API?" */
  constructor(readonly problem: string) {
    super(problem);
    this.name = "UnexpectedAnswer";
  }
}

/** How long a call may take, and who may stop it. */
export interface CallTime {
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** The longest delay of a timer: our own limit is always the first to end a call. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The SDKs know two headers for it. */
export function requestIdOf({ headers }: Response): string | undefined {
  return headers.get("request-id") ?? headers.get("x-request-id") ?? undefined;
}

/** A time limit whose end is told as a `ModelError`. */
export function timeLimit(time: CallTime, connection: FailedCall): TimeLimit {
  const { provider, model, address } = connection;
  return {
    ...time,
    timedOut: () =>
      new ModelError({
        kind: "timed_out",
        provider,
        model,
        message: `nothing came from ${address ?? "the provider"} for ${time.milliseconds} ms`,
      }),
  };
}

/**
 * Makes one call of an official SDK. Rejects with the signal's reason when the caller has stopped it, else with a `ModelError`. The
 * SDK's own error is not kept: it may hold the key and the content.
 *
 * @param make starts the call
 * @param take what is wanted of it: the parsed answer, or the response as it comes; may throw an `UnexpectedAnswer`
 */
export function askOnce<Call extends SdkCall, Answer>(
  connection: FailedCall,
  time: CallTime,
  make: (options: CallOptions) => Call,
  take: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  return callWithin(timeLimit(time, connection), async (signal) => {
    let call: Call | undefined;
    try {
      call = make({ maxRetries: 0, timeout: LONGEST_TIMEOUT_MS, signal });
      return await take(call);
    } catch (error) {
      // An answer that cannot be read has an id all the same.
      const response = await call?.asResponse().catch(() => undefined);
      const requestId = response === undefined ? undefined : requestIdOf(response);
      const told = error instanceof UnexpectedAnswer ? malformed(error, connection, requestId) : error;
      throw modelErrorFrom(told, { ...connection, requestId, coversAll: true }) ?? told;
    }
  });
}

function malformed(
  { problem }: UnexpectedAnswer,
  { provider, model, address }: FailedCall,
  requestId: string | undefined,
): ModelError {
  const message = `the answer of ${address ?? "the provider"} is ${problem}`;
  return new ModelError({ kind: "malformed_response", provider, model, message, requestId });
}
