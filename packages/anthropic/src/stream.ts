import type { Anthropic } from "@anthropic-ai/sdk";
import {
  failureOfCall,
  malformedAnswer,
  streamedAnswer,
  type AnswerInPieces,
  type Completion,
  type CompletionRequest,
  type GenerateRequest,
  type StreamPart,
} from "@gro/summarizer";
import type { Connection } from "./client.js";
import { completionFrom, completionOf, NO_MESSAGE, type Answer } from "./completion.js";
import { messagesRequest, requestOptions, type RequestSettings } from "./request.js";

class MessageInPieces implements AnswerInPieces<Anthropic.RawMessageStreamEvent> {
  isWhole = false;
  text = "";
  stopReason: Answer["stopReason"];
  usage: Answer["usage"];

  constructor(
    private readonly request: CompletionRequest,
    private readonly connection: Connection,
    readonly requestId: Answer["requestId"],
  ) {}

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

  completion(): Completion {
    return completionOf(this, this.request, this.connection);
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

export async function* streamParts(
  request: GenerateRequest,
  settings: RequestSettings,
  connection: Connection,
): AsyncGenerator<StreamPart> {
  const body = { ...messagesRequest(request, settings), stream: true } as const;
  const call = connection.messages.create(body, requestOptions(request));
  try {
    const answer = await call.withResponse();
    const requestId = answer.request_id;
    yield* streamedAnswer(answer, new MessageInPieces(request, connection, requestId), connection, {
      fromJson: (message) => completionFrom(message, request, connection, requestId),
      malformed: () => malformedAnswer(connection, NO_MESSAGE, requestId),
    });
  } catch (error) {
    throw await failureOfCall(error, request, connection, call);
  }
}
