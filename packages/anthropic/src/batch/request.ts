import type { BatchRequest } from "@gro/batch";
import { blobOf, bytesOf } from "@gro/summarizer";
import { messagesRequest, type RequestSettings } from "../request.js";

const BEGINNING = '{"requests":[';
const SEPARATOR = ",";
const END = "]}";
/** Counted with every request, so that no batch is larger than the sum of its requests' sizes. */
const AROUND = bytesOf(BEGINNING + SEPARATOR + END);

/** A request as it stands in a batch: its params are exactly what the live model sends. */
function written({ key, request }: BatchRequest, settings: RequestSettings): string {
  return JSON.stringify({ custom_id: key, params: messagesRequest(request, settings) });
}

export function sizeOf(request: BatchRequest, settings: RequestSettings): number {
  return bytesOf(written(request, settings)) + AROUND;
}

/** What is sent to make a batch. As bytes: the SDK would write all of it into one string, and hold that besides. */
export function batchBody(requests: readonly BatchRequest[], settings: RequestSettings): Blob {
  function* texts() {
    yield BEGINNING;
    for (const [index, request] of requests.entries()) {
      if (index > 0) yield SEPARATOR;
      yield written(request, settings);
    }
    yield END;
  }
  return blobOf(texts(), "application/json");
}
