import type { Chunk, Tokenizer } from "@gro/summarizer";

/** Where a greedy splitter may cut. */
export const GREEDY_PIECES = {
  /** Paragraphs with the blank lines after them. */
  paragraphs: /[^]*?(?:\r?\n){2,}|[^]+$/g,
  /** Words with the white space before them. */
  words: /\s*\S+|\s+$/g,
} as const;

export interface GreedySettings {
  readonly chunkSize: number;
  readonly chunkOverlap: number;
  readonly pieces: RegExp;
  readonly tokenizer: Tokenizer;
}

/**
 * Chunks as most splitters make them: from the start of the text on, as many pieces to a chunk as fit into its size, and as many
 * of those before it to the overlap. No piece is longer than a chunk in the texts that it is used for.
 */
export function greedyChunks(text: string, settings: GreedySettings): Chunk[] {
  const { chunkSize, chunkOverlap, pieces, tokenizer } = settings;
  const starts: number[] = [];
  const tokensBefore: number[] = [];
  let sum = 0;
  for (const match of text.matchAll(pieces)) {
    starts.push(match.index);
    tokensBefore.push(sum);
    sum += tokenizer.count(match[0]);
  }
  starts.push(text.length);
  tokensBefore.push(sum);

  const chunks: Chunk[] = [];
  const startOf = (piece: number) => starts[piece] ?? text.length;
  const tokensBetween = (from: number, to: number) => (tokensBefore[to] ?? sum) - (tokensBefore[from] ?? sum);
  let contextFrom = 0;
  for (let from = 0; from < starts.length - 1;) {
    let to = from + 1;
    while (to < starts.length - 1 && tokensBetween(from, to + 1) <= chunkSize) to += 1;
    while (tokensBetween(contextFrom, from) > chunkOverlap) contextFrom += 1;
    chunks.push({
      start: startOf(from),
      end: startOf(to),
      tokens: tokensBetween(from, to),
      contextStart: startOf(contextFrom),
    });
    from = to;
  }
  return chunks;
}
