/** A part of the content for one model call. Offsets are UTF-16 units into the content. */
export interface Chunk {
  /** The span to be summarized: `content.slice(start, end)`. The spans of all chunks tile the content. */
  readonly start: number;
  readonly end: number;
  /** Tokens of the span, at most `chunkSize`. */
  readonly tokens: number;
  /** Where the context before the span begins: `content.slice(contextStart, start)`, at most `chunkOverlap` tokens. */
  readonly contextStart: number;
}

/** Sizes in tokens, already checked: `0 <= chunkOverlap < chunkSize`. */
export interface ChunkSettings {
  readonly chunkSize: number;
  readonly chunkOverlap: number;
}
