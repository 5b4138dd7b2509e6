/** An error as the Chat Completions API tells it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly code: string | null,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  body(): object {
    const { message, type, code } = this;
    return { error: { message, type, param: null, code } };
  }
}

const WORDS: Readonly<Record<number, string>> = {
  401: "Incorrect API key provided: sk-emula**********cdef. You can find your API key at https://platform.openai.com.",
  429: "Rate limit reached for requests per minute: Limit 500, Used 500, Requested 1.",
  500: "The server had an error while processing your request. Sorry about that!",
  503: "The engine is currently overloaded, please try again later",
};

function usualType(status: number): string {
  if (status === 429) return "requests";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

function usualCode(status: number): string | null {
  if (status === 401) return "invalid_api_key";
  return status === 429 ? "rate_limit_exceeded" : null;
}

/** What the API says with a status, unless a test says otherwise. */
export function usualError(status: number, type?: string, code?: string, words?: string): ApiError {
  return new ApiError(
    status,
    type ?? usualType(status),
    code ?? usualCode(status),
    words ?? WORDS[status] ?? `Status ${status}`,
  );
}
