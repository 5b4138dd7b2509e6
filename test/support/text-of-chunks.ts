import type { Chunk } from "@gro/summarizer";
import { prose } from "./prose.js";

const WORDS_IN_A_PARAGRAPH = 60;
/** More than a chunk of the usual size holds, so that the text is never too short. */
const PARAGRAPHS_FOR_A_CHUNK = 26;

/** Different prose of exactly so many chunks, as `cut` makes them. */
export function textOfChunks(chunks: number, cut: (text: string) => readonly Chunk[]): string {
  const paragraphs = Array.from({ length: chunks * PARAGRAPHS_FOR_A_CHUNK }, (_, seed) =>
    prose(WORDS_IN_A_PARAGRAPH, seed + 1),
  );
  const text = paragraphs.join("\n\n");
  const end = cut(text)[chunks - 1]?.end;
  if (end === undefined) throw new RangeError(`Fewer than ${chunks} chunks`);
  return text.slice(0, end);
}
