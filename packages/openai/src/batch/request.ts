import type { BatchRequest } from "@gro/batch";
import { blobOf, bytesOf } from "@gro/summarizer";
import { chatRequest, type RequestSettings } from "../request.js";

/** What every request of a batch is for. */
export const ENDPOINT = "/v1/chat/completions";

/** A request as it stands in a file: its body is exactly what the live model sends. */
function written({ key, request }: BatchRequest, settings: RequestSettings): string {
  const body = chatRequest(request, settings);
  return `${JSON.stringify({ custom_id: key, method: "POST", url: ENDPOINT, body })}\n`;
}

export function sizeOf(request: BatchRequest, settings: RequestSettings): number {
  return bytesOf(written(request, settings));
}

/** The file that makes a batch. As bytes: one string of all of it would take up two or three times the memory. */
export function batchFile(requests: readonly BatchRequest[], settings: RequestSettings): File {
  function* texts() {
    for (const request of requests) yield written(request, settings);
  }
  const type = "application/jsonl";
  return new File([blobOf(texts(), type)], "batch.jsonl", { type });
}
