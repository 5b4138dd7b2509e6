import { createHash } from "node:crypto";
import type { BatchProvider, BatchRequest, BatchResult, BatchSubmission } from "@gro/batch";
import type { CompletionRequest } from "@gro/summarizer";
import { question } from "./question.js";

/** A key as steps have them: 43 characters of base64url. */
export function keyOf(name: string): string {
  return createHash("sha256").update(name).digest("base64url");
}

/** The request with this number: a prompt of its own. */
export function batchRequest(number: number, request: Partial<CompletionRequest> = {}): BatchRequest {
  const { system, prompt, maxOutputTokens } = question();
  return {
    key: keyOf(`request ${number}`),
    request: { system, prompt: `${prompt}\n\nPage ${number}.`, maxOutputTokens, ...request },
  };
}

export function batchRequests(count: number): BatchRequest[] {
  return Array.from({ length: count }, (_, index) => batchRequest(index + 1));
}

export function submissionOf(
  requests: readonly BatchRequest[],
  more: Partial<BatchSubmission> = {},
): BatchSubmission {
  return { ref: "gro-ref-1", requests, remember: () => Promise.resolve(), ...more };
}

/** Sends a batch that is taken, and answers its id. */
export async function submitted(
  provider: BatchProvider,
  requests: readonly BatchRequest[],
  ref = "gro-ref-1",
): Promise<string> {
  const outcome = await provider.submit(submissionOf(requests, { ref }));
  if (outcome.kind !== "created") throw new Error(`Not created: ${JSON.stringify(outcome)}`);
  return outcome.batchId;
}

/** All results of a batch, by key; lines that have none are numbered. */
export async function resultsOf(provider: BatchProvider, batchId: string): Promise<Map<string, BatchResult>> {
  const results = new Map<string, BatchResult>();
  for (const result of await resultList(provider.results(batchId))) {
    results.set(result.key ?? `malformed ${results.size}`, result);
  }
  return results;
}

export async function resultList(results: AsyncIterable<BatchResult>): Promise<BatchResult[]> {
  const list: BatchResult[] = [];
  for await (const result of results) list.push(result);
  return list;
}

/** Resolves when a condition holds that the event loop brings about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
