import { ModelError } from "../errors/model-error.js";
import type { Completion } from "../plan/completion.js";
import type { StreamPart } from "../ports/language-model.js";
import { requestIdOf } from "./request-id.js";
import type { SdkConnection } from "./sdk-call.js";

/** A stream as the official SDKs hand it over. */
export interface SdkStream<Event> {
  readonly data: AsyncIterable<Event> & { readonly controller: AbortController };
  readonly response: Response;
  readonly request_id: string | null | undefined;
}

/** Gathers an answer from its events. */
export interface AnswerInPieces<Event> {
  /** Whether the last event that an answer needs has come. */
  readonly isWhole: boolean;
  /** Takes in an event and gives the text that it brings. */
  add(event: Event): string;
  completion(): Completion;
}

/** What came in place of a whole answer, and how one is read. */
export interface WholeAnswer {
  /** Reads an answer that came as JSON although a stream was asked for; throws where it is none. */
  fromJson(body: unknown): Completion;
  /** What to throw when the answer is neither a stream of events nor JSON. */
  malformed(): unknown;
}

function isOf({ headers }: Response, ...types: readonly string[]): boolean {
  const contentType = headers.get("content-type") ?? "";
  return types.some((type) => contentType.includes(type));
}

/** Some servers pass over `stream: true`, and errors come as JSON in any case. */
async function* wholeInstead(
  { data, response }: SdkStream<unknown>,
  whole: WholeAnswer,
): AsyncGenerator<StreamPart> {
  if (!isOf(response, "application/json")) {
    data.controller.abort();
    throw whole.malformed();
  }
  const body: unknown = JSON.parse(await response.text());
  const completion = whole.fromJson(body);
  if (completion.text !== "") yield { kind: "text", text: completion.text };
  yield { kind: "completion", completion };
}

/** An answer piece by piece, then whole. A connection that ends before the last event is an error, never a short answer. */
export async function* streamedAnswer<Event>(
  answer: SdkStream<Event>,
  pieces: AnswerInPieces<Event>,
  connection: SdkConnection,
  whole: WholeAnswer,
): AsyncGenerator<StreamPart> {
  const { data: events, response, request_id: requestId } = answer;
  const { provider, model, address } = connection;
  const isEventStream = !response.headers.has("content-type") || isOf(response, "text/event-stream");
  if (!isEventStream || response.body === null) {
    yield* wholeInstead(answer, whole);
    return;
  }
  try {
    for await (const event of events) {
      const text = pieces.add(event);
      if (text !== "") yield { kind: "text", text };
    }
  } catch (error) {
    // What comes after the last event cannot take the answer away again.
    if (!pieces.isWhole) throw error;
  }
  // The SDKs end an aborted stream as they end a complete one; what is thrown then is the signal's reason.
  if (!pieces.isWhole) {
    throw new ModelError({
      kind: "connection_lost",
      provider,
      model,
      message: `the connection to ${address} ended before the answer was complete`,
      requestId: requestIdOf(requestId, connection),
    });
  }
  yield { kind: "completion", completion: pieces.completion() };
}
