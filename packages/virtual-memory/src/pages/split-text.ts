import { chunkText } from "@gro/summarizer";
import { importantLinesOf, linesOf } from "@gro/queue";
import type { Counter } from "../messages/counter.js";

/** Lines counted one by one may come to a little less than together. */
const MARGIN = 0.97;

/** A line that is longer than a whole part, in pieces. */
function piecesOf(line: string, limit: number, { tokenizer }: Counter): readonly string[] {
  return chunkText(line, { chunkSize: Math.max(8, limit), chunkOverlap: 0, tokenizer }).map(
    ({ start, end }) => line.slice(start, end),
  );
}

export interface TextPart {
  readonly text: string;
  /** Its lines were counted one by one. */
  readonly tokens: number;
}

/**
 * The text in parts of at most `limit` tokens that joined are the text again. Lines stay whole where they fit, and important lines in any
 * case: one that is longer is a part of its own.
 */
export function splitText(text: string, limit: number, counter: Counter): readonly TextPart[] {
  const room = Math.floor(limit * MARGIN);
  const parts: TextPart[] = [];
  let part = "";
  let tokens = 0;
  for (const line of linesOf(text)) {
    const lineTokens = counter.text(line);
    const mayBeCut = lineTokens > room && importantLinesOf(line).length === 0;
    const pieces = mayBeCut ? piecesOf(line, room, counter) : [line];
    for (const piece of pieces) {
      const pieceTokens = pieces.length === 1 ? lineTokens : counter.text(piece);
      if (part !== "" && tokens + pieceTokens > room) {
        parts.push({ text: part, tokens });
        part = "";
        tokens = 0;
      }
      part += piece;
      tokens += pieceTokens;
    }
  }
  if (part !== "") parts.push({ text: part, tokens });
  return parts;
}
