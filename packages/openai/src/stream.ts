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
import type { OpenAI } from "openai";
import type { Connection } from "./client.js";
import { completionFrom, completionOf, NO_CHAT_COMPLETION, textOf, type Answer } from "./completion.js";
import { chatRequest, requestOptions, type RequestSettings } from "./request.js";
import { ThinkingFilter } from "./thinking.js";

class ChatInPieces implements AnswerInPieces<OpenAI.ChatCompletionChunk> {
  text = "";
  finishReason: Answer["finishReason"];
  isRefusal = false;
  usage: Answer["usage"];
  private readonly thinking = new ThinkingFilter();

  constructor(
    private readonly request: CompletionRequest,
    private readonly connection: Connection,
    readonly requestId: Answer["requestId"],
  ) {}

  add(chunk: OpenAI.ChatCompletionChunk): string {
    // The last chunk has the usage and no choice; some servers count in every chunk.
    this.usage = chunk?.usage ?? this.usage;
    // Whoever asks for one answer gets the first; servers may begin others all the same.
    const choice = chunk?.choices?.find((one) => (one?.index ?? 0) === 0);
    this.finishReason = choice?.finish_reason ?? this.finishReason;
    this.isRefusal ||= (choice?.delta?.refusal ?? "") !== "";
    const text = textOf(choice?.delta?.content);
    this.text += text;
    const told = this.thinking.add(text);
    return choice?.finish_reason ? told + this.thinking.end() : told;
  }

  get isWhole(): boolean {
    return this.finishReason !== undefined;
  }

  completion(): Completion {
    return completionOf(this, this.request, this.connection);
  }
}

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
    const answer = await call.withResponse();
    const requestId = answer.request_id;
    yield* streamedAnswer(answer, new ChatInPieces(request, connection, requestId), connection, {
      fromJson: (chat) => completionFrom(chat, request, connection, requestId),
      malformed: () => malformedAnswer(connection, NO_CHAT_COMPLETION, requestId),
    });
  } catch (error) {
    throw await failureOfCall(error, request, connection, call);
  }
}
