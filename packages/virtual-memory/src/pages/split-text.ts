import { chunkText } from "@gro/summarizer";
import { linesOf } from "@gro/queue";
import type { Counter } from "../messages/counter.js";

/** Lines counted one by one may come to a little less than together. */
const MARGIN = 0.97;

/** A line that is longer than a whole part, in pieces. */
function piecesOf(line: string, limit: number, { tokenizer }: Counter): readonly string[] {
  return chunkText(line, { chunkSize: Math.max(8, limit), chunkOverlap: 0, tokenizer }).map(
    ({ start, end }) => line.slice(start, end),
  );
}

/** The text in parts of at most `limit` tokens that joined are the text again. Lines stay whole where they fit. */
export function splitText(text: string, limit: number, counter: Counter): readonly string[] {
  const room = Math.floor(limit * MARGIN);
  const parts: string[] = [];
  let part = "";
  let tokens = 0;
  for (const line of linesOf(text)) {
    const lineTokens = counter.text(line);
    const pieces = lineTokens > room ? piecesOf(line, room, counter) : [line];
    for (const piece of pieces) {
      const pieceTokens = pieces.length === 1 ? lineTokens : counter.text(piece);
      if (part !== "" && tokens + pieceTokens > room) {
        parts.push(part);
        part = "";
        tokens = 0;
      }
      part += piece;
      tokens += pieceTokens;
    }
  }
  if (part !== "") parts.push(part);
  return parts;
}
