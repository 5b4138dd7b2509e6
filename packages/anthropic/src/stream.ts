import type { Anthropic } from "@anthropic-ai/sdk";
import { ModelError, type GenerateRequest, type StreamPart } from "@gro/summarizer";
import type { Connection } from "./client.js";
import { completionOf, malformedAnswer, type Answer } from "./completion.js";
import { failureIn } from "./errors.js";
import { messagesRequest, requestOptions, type RequestSettings } from "./request.js";

/** Gathers an answer from its events. */
class AnswerInPieces {
  isWhole = false;
  private text = "";
  private stopReason: Answer["stopReason"];
  private usage: Answer["usage"];

  /** Takes in an event and gives the text that it brings. */
  add(event: Anthropic.RawMessageStreamEvent): string {
    switch (event.type) {
      case "message_start":
        this.count(event.message?.usage);
        return "";
      case "content_block_start":
        return this.write(event.content_block?.type === "text" ? event.content_block.text : "");
      case "content_block_delta":
        return this.write(event.delta?.type === "text_delta" ? event.delta.text : "");
      case "message_delta":
        this.stopReason = event.delta?.stop_reason ?? this.stopReason;
        this.count(event.usage);
        return "";
      case "message_stop":
        this.isWhole = true;
        return "";
      case "content_block_stop":
        return "";
    }
    // An event that this version does not know.
    return "";
  }

  get answer(): Answer {
    return { text: this.text, stopReason: this.stopReason, usage: this.usage };
  }

  private write(text: string): string {
    this.text += text;
    return text;
  }

  /** Counts are cumulative, and a later event leaves out what has not changed. */
  private count(usage: Answer["usage"]): void {
    const known = Object.entries(usage ?? {}).filter(([, count]) => count !== null && count !== undefined);
    this.usage = { ...this.usage, ...Object.fromEntries(known) };
  }
}

function isEventStream({ headers }: Response): boolean {
  const contentType = headers.get("content-type");
  return contentType === null || contentType.includes("text/event-stream");
}

/** An answer piece by piece, then whole. A connection that ends before the last event is an error, never a short answer. */
export async function* streamParts(
  request: GenerateRequest,
  settings: RequestSettings,
  connection: Connection,
): AsyncGenerator<StreamPart> {
  const body = { ...messagesRequest(request, settings), stream: true } as const;
  const call = connection.messages.create(body, requestOptions(request));
  try {
    const { data: events, response, request_id } = await call.withResponse();
    if (!isEventStream(response)) {
      events.controller.abort();
      throw malformedAnswer(connection, request_id);
    }
    const pieces = new AnswerInPieces();
    try {
      for await (const event of events) {
        const text = pieces.add(event);
        if (text !== "") yield { kind: "text", text };
      }
    } catch (error) {
      // What comes after the last event cannot take the answer away again.
      if (!pieces.isWhole) throw error;
    }
    // The SDK ends an aborted stream as it ends a complete one; what is thrown then is the signal's reason.
    if (!pieces.isWhole) throw brokenOff(connection, request_id);
    yield { kind: "completion", completion: completionOf(pieces.answer, request) };
  } catch (error) {
    throw await failureIn(error, request, connection, call);
  }
}

function brokenOff(
  { provider, model, address }: Connection,
  requestId: string | null | undefined,
): ModelError {
  return new ModelError({
    kind: "connection_lost",
    provider,
    model,
    message: `the connection to ${address} ended before the answer was complete`,
    requestId: requestId ?? undefined,
  });
}
