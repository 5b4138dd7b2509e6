import type { Chunk, Tokenizer } from "@gro/summarizer";

export interface ChunkLimits {
  readonly chunkSize: number;
  readonly chunkOverlap: number;
  readonly tokenizer: Tokenizer;
}

/** Every promise about sizes and offsets that `chunks` break, in words; none when all is well. */
export function brokenChunkPromises(text: string, chunks: readonly Chunk[], limits: ChunkLimits): string[] {
  const { chunkSize, chunkOverlap, tokenizer } = limits;
  const broken: string[] = [];
  const spans = chunks.map(({ start, end }) => text.slice(start, end));
  if (spans.join("") !== text) broken.push("the chunks do not tile the text");
  chunks.forEach(({ start, end, tokens, contextStart }, index) => {
    const name = `chunk ${index} (${start} to ${end})`;
    if (end <= start) broken.push(`${name} is empty`);
    if (start !== (chunks[index - 1]?.end ?? 0))
      broken.push(`${name} does not begin where the last one ended`);
    const counted = tokenizer.count(text.slice(start, end));
    if (tokens !== counted) broken.push(`${name} says ${tokens} tokens and has ${counted}`);
    if (counted > chunkSize) broken.push(`${name} has ${counted} tokens, more than ${chunkSize}`);
    if (contextStart > start || contextStart < 0)
      broken.push(`${name} has a context that starts at ${contextStart}`);
    const context = tokenizer.count(text.slice(contextStart, start));
    if (context > chunkOverlap) broken.push(`${name} has a context of ${context}, more than ${chunkOverlap}`);
    for (const offset of [start, end, contextStart]) {
      if (isWithinPair(text, offset)) broken.push(`${name} cuts a surrogate pair at ${offset}`);
    }
  });
  return broken;
}

function isWithinPair(text: string, offset: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, offset - 1), offset + 1));
}

/** The average share of `chunkSize` that chunks fill, the last one left out. */
export function averageFill(chunks: readonly Chunk[], chunkSize: number): number {
  const whole = chunks.slice(0, -1);
  return whole.reduce((sum, { tokens }) => sum + tokens, 0) / whole.length / chunkSize;
}
