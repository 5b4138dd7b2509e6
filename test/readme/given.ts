import { prose } from "../support/prose.js";

/** What the snippets of the READMEs speak of without showing it. */
export const text = prose(4_000);

interface ServerRequest {
  readonly system: string;
  readonly prompt: string;
  readonly maxOutputTokens: number;
  readonly signal?: AbortSignal | undefined;
}

export function callMyServer(request: ServerRequest) {
  const text = request.prompt.slice(-200).replace(/<[^>]*>/gu, "");
  return Promise.resolve({
    text,
    wasCut: false,
    promptTokens: request.prompt.length / 4,
    completionTokens: 50,
  });
}
