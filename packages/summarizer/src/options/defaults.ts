/** Every default in one place. */
export const DEFAULTS = {
  tokenMax: 3000,
  chunkSize: 2048,
  chunkOverlap: 200,
  maxConcurrency: 5,
  maxCollapseDepth: 10,
  timeoutMs: 60_000,
  contentType: "general",
  encoding: "o200k_base",
} as const;
