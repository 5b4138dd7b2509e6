import type { SummaryStorageRecord } from "./ports/summary-record-store.js";
import type { SummaryResult } from "./summary-result.js";

/** Under which id the summary of a conversation is stored. */
export function summaryRecordId(conversationId: string): string {
  return `${conversationId}:summary`;
}

/** Turns a result into the record to store. A result without a summary gives an empty `content`. */
export function toStorageRecord(result: SummaryResult, conversationId: string): SummaryStorageRecord {
  return {
    id: summaryRecordId(conversationId),
    content: result.summary ?? "",
    metadata: {
      conversation_id: conversationId,
      role: "summary",
      input_tokens: result.inputTokens,
      output_tokens: result.outputTokens,
      compression_ratio: result.compressionRatio,
      collapse_depth: result.collapseDepth,
      created_at: result.createdAt,
      is_final: true,
    },
  };
}
