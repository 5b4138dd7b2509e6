import type { BatchSettings } from "../batches/settings.js";
import type { ReceivedRequest } from "../http-server.js";
import { ApiError } from "./api-error.js";
import { checkBody, invalid, parse, type Allowed, type CheckedBody } from "./check-messages.js";

interface CreatedRequest {
  readonly customId: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const CUSTOM_ID = /^[a-zA-Z0-9_-]{1,64}$/u;

function checkRequest(request: unknown, index: number, seen: Set<string>): CreatedRequest {
  const place = `requests.${index}`;
  const { custom_id: customId, params, ...rest } = { ...(request as Record<string, unknown>) };
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`${place}.${unknown}: Extra inputs are not permitted`);
  if (typeof customId !== "string" || !CUSTOM_ID.test(customId)) {
    throw invalid(`${place}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`);
  }
  if (seen.has(customId)) throw invalid(`${place}.custom_id: must be unique within the batch`);
  seen.add(customId);
  if (typeof params !== "object" || params === null) throw invalid(`${place}.params: Field required`);
  return { customId, params: { ...params } };
}

/** What is checked at once when a batch is created. @throws ApiError */
export function checkCreation(
  received: ReceivedRequest,
  { maxRequests, maxBytes }: BatchSettings,
): readonly CreatedRequest[] {
  const { requests, ...rest } = parse(received, maxBytes);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw invalid(`${unknown}: Extra inputs are not permitted`);
  if (!Array.isArray(requests) || requests.length === 0) {
    throw invalid("requests: List should have at least 1 item");
  }
  if (requests.length > maxRequests) {
    throw new ApiError(413, "request_too_large", `A batch may have ${maxRequests} requests`);
  }
  const seen = new Set<string>();
  return requests.map((request, index) => checkRequest(request, index, seen));
}

/** What is checked when a request's turn comes. @throws ApiError */
export function checkBatchParams(
  params: Readonly<Record<string, unknown>>,
  version: string,
  allowed: Allowed,
): CheckedBody {
  if (params["stream"] === true) throw invalid("stream: Streaming is not supported in batches");
  return checkBody(params, version, allowed);
}
