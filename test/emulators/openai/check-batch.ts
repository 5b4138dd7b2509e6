import type { BatchJob, JobFailure } from "../batches/batch-job.js";
import type { BatchedRequest, BatchSettings } from "../batches/settings.js";
import { invalid } from "./check-chat.js";

export const ENDPOINT = "/v1/chat/completions";

export interface BatchOrder {
  readonly inputFileId: unknown;
  readonly metadata: Readonly<Record<string, string>> | null;
}

function checkMetadata(metadata: unknown): BatchOrder["metadata"] {
  if (metadata === undefined || metadata === null) return null;
  const pairs = Object.entries(metadata as Record<string, unknown>);
  if (pairs.length > 16) throw invalid("Invalid 'metadata': too many properties.");
  return Object.fromEntries(
    pairs.map(([name, value]) => {
      if (name.length > 64) throw invalid("Invalid 'metadata': a key is too long.");
      if (typeof value !== "string" || value.length > 512) throw invalid(`Invalid 'metadata.${name}'.`);
      return [name, value];
    }),
  );
}

/** What is checked at once when a batch is created. @throws ApiError */
export function checkOrder(body: Readonly<Record<string, unknown>>): BatchOrder {
  const { input_file_id: inputFileId, endpoint, completion_window: window, metadata } = body;
  if (endpoint !== ENDPOINT) throw invalid("Invalid value for 'endpoint'.", "invalid_value");
  if (window !== "24h")
    throw invalid("Invalid value: 'completion_window'. Supported values are: '24h'.", "invalid_value");
  return { inputFileId, metadata: checkMetadata(metadata) };
}

/** A line of a file, whatever stands in it: what is wrong with it shows when the batch is validated. */
export function readLine(
  line: string,
): Pick<BatchedRequest, "customId" | "body"> & { readonly problem?: string } {
  try {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    const { custom_id: customId, method, url, body } = parsed;
    if (typeof customId !== "string" || typeof body !== "object" || body === null) {
      return { customId: String(customId), body: {}, problem: "missing_required_parameter" };
    }
    const problem = method === "POST" && url === ENDPOINT ? {} : { problem: "invalid_url" };
    return { customId, body: { ...body }, ...problem };
  } catch {
    return { customId: "", body: {}, problem: "invalid_json_line" };
  }
}

interface Lines {
  readonly requests: readonly BatchedRequest[];
  readonly problems: readonly (string | undefined)[];
}

/** What a file is turned down for. */
export function checkLines(
  { requests, problems }: Lines,
  models: readonly string[],
  { maxRequests }: BatchSettings,
): JobFailure | undefined {
  const failed = (code: string, words: string, index: number | null = null): JobFailure => ({
    code,
    words,
    line: index === null ? null : index + 1,
  });
  if (requests.length === 0) return failed("empty_file", "The input file is empty.");
  if (requests.length > maxRequests) {
    return failed("too_many_requests_in_file", `A batch may have ${maxRequests} requests.`);
  }
  const broken = problems.findIndex((problem) => problem !== undefined);
  if (broken >= 0) return failed(problems[broken] ?? "", "This line cannot be used.", broken);
  const seen = new Set<string>();
  for (const { customId, index } of requests) {
    if (seen.has(customId)) {
      return failed("duplicate_custom_id", `The custom_id for this request is a duplicate.`, index);
    }
    seen.add(customId);
  }
  const model = requests[0]?.body["model"];
  const other = requests.find(({ body }) => body["model"] !== model);
  if (other !== undefined) {
    return failed("mismatched_model", "All requests of a batch must be for one model.", other.index);
  }
  if (typeof model !== "string" || !models.includes(model)) {
    return failed("model_not_found", `The provided model is not supported by the Batch API.`, 0);
  }
  return undefined;
}

/** Over the limit of waiting tokens a batch is created and then turned down. */
export function checkQueue(
  job: BatchJob,
  waitingTokens: number,
  tokens: number,
  { queueLimit }: BatchSettings,
): JobFailure | undefined {
  if (waitingTokens + tokens <= queueLimit) return undefined;
  const model = String(job.requests[0]?.body["model"]);
  const words =
    `Enqueued token limit reached for ${model} in organization org-emulated. Limit: ${queueLimit} enqueued tokens. ` +
    "Please try again once some in_progress batches have been completed.";
  return { code: "token_limit_exceeded", words, line: null };
}
