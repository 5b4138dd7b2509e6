import { ModelError, type GenerateRequest, type StreamPart } from "@gro/summarizer";
import type { OpenAI } from "openai";
import type { Connection } from "./client.js";
import { completionOf, malformedAnswer, textOf, type Answer } from "./completion.js";
import { failureIn } from "./errors.js";
import { chatRequest, requestOptions, type RequestSettings } from "./request.js";

/** Gathers an answer from its chunks. */
class AnswerInPieces {
  private text = "";
  private finishReason: Answer["finishReason"];
  private isRefusal = false;
  private usage: Answer["usage"];

  /** Takes in a chunk and gives the text that it brings. */
  add(chunk: OpenAI.ChatCompletionChunk): string {
    // The last chunk has the usage and no choice; some servers count in every chunk.
    this.usage = chunk?.usage ?? this.usage;
    const choice = chunk?.choices?.[0];
    this.finishReason = choice?.finish_reason ?? this.finishReason;
    this.isRefusal ||= (choice?.delta?.refusal ?? "") !== "";
    const text = textOf(choice?.delta?.content);
    this.text += text;
    return text;
  }

  get isWhole(): boolean {
    return this.finishReason !== undefined;
  }

  get answer(): Answer {
    const { text, finishReason, isRefusal, usage } = this;
    return { text, finishReason, isRefusal, usage };
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
  const body = {
    ...chatRequest(request, settings),
    stream: true,
    stream_options: { include_usage: true },
  } as const;
  const call = connection.completions.create(body, requestOptions(request));
  try {
    const { data: chunks, response, request_id } = await call.withResponse();
    if (!isEventStream(response)) {
      chunks.controller.abort();
      throw malformedAnswer(connection, request_id);
    }
    const pieces = new AnswerInPieces();
    try {
      for await (const chunk of chunks) {
        const text = pieces.add(chunk);
        if (text !== "") yield { kind: "text", text };
      }
    } catch (error) {
      // What comes after the last event cannot take the answer away again.
      if (!pieces.isWhole) throw error;
    }
    // The SDK ends an aborted stream as it ends a complete one; what is thrown then is the signal's reason.
    if (!pieces.isWhole) throw brokenOff(connection, request_id);
    yield { kind: "completion", completion: completionOf(pieces.answer, request, connection) };
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
