/** An error as the Messages API tells it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }

  body(requestId: string): object {
    return { type: "error", error: { type: this.type, message: this.message }, request_id: requestId };
  }
}

const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

const WORDS: Readonly<Record<number, string>> = {
  429: "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
  500: "Internal server error",
  529: "Overloaded",
};

/** What the API says with a status, unless a test says otherwise. */
export function usualError(status: number, type?: string, words?: string): ApiError {
  return new ApiError(
    status,
    type ?? TYPES[status] ?? "api_error",
    words ?? WORDS[status] ?? `Status ${status}`,
  );
}
