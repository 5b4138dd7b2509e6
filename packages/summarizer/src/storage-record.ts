import type { SummaryResult } from "./summary-result.js";

/** A summary as conversation stores keep it, with the metadata keys that hosts already use. */
export interface SummaryStorageRecord {
  /** `"<conversationId>:summary"` */
  readonly id: string;
  readonly content: string;
  readonly metadata: {
    readonly conversation_id: string;
    readonly role: "summary";
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly compression_ratio: number;
    readonly collapse_depth: number;
    /** ISO 8601 in UTC. */
    readonly created_at: string;
    readonly is_final: boolean;
  };
}

/** Turns a result into the record to store. A result without a summary gives an empty `content`. */
export function toStorageRecord(result: SummaryResult, conversationId: string): SummaryStorageRecord {
  return {
    id: `${conversationId}:summary`,
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
