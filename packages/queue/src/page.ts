import type { Fit } from "@gro/summarizer";

/** How a page's summary came about. Stands beside the summary in the page. */
export interface SummaryMeta {
  /** `contentHash` of the content that was summarized. */
  readonly contentHash: string;
  /** The model as step keys name it, for example "anthropic:claude-haiku-4-5". */
  readonly modelId: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly targetTokens: number;
  readonly compressionRatio: number;
  readonly collapseDepth: number;
  readonly fit: Fit;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** A page of a host: what it says, and its summary once there is one. Plain data; fields that are not ours survive. */
export interface Page {
  /** 1 to 128 characters of `A-Z a-z 0-9 _ -`. */
  readonly id: string;
  readonly label: string;
  readonly content: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly messageCount: number;
  /** Tokens of the content, as the host counts. */
  readonly tokens: number;
  /** 0 to 1. */
  readonly maxImportance?: number;
  readonly lane?: string;
  readonly summary?: string;
  readonly summaryMeta?: SummaryMeta;
}

/** A summary on its way to its page. */
export interface PageSummary {
  readonly text: string;
  readonly meta: SummaryMeta;
}

const PAGE_ID = /^[A-Za-z0-9_-]{1,128}$/u;

/** Whether this may be a page's id, and so a part of a path. */
export function isPageId(id: unknown): id is string {
  return typeof id === "string" && PAGE_ID.test(id);
}
