import type { Counter } from "../messages/counter.js";
import { leftOutLine } from "./left-out.js";

/** Important lines as far as there is room for them. */
export interface BoundImportant {
  /** To be shown, a line about those left out among them. */
  readonly lines: readonly string[];
  /** Of `lines`, joined. */
  readonly tokens: number;
  /** Those without room, and those that were left out before. */
  readonly leftOut: number;
}

/** The newest lines that fit in `limit` tokens, in their order. */
export function newestThatFit(lines: readonly string[], limit: number, counter: Counter): readonly string[] {
  const kept: string[] = [];
  let tokens = 0;
  for (const line of lines.toReversed()) {
    // One more for the line's end.
    const needed = counter.text(line) + 1;
    if (tokens + needed > limit) continue;
    tokens += needed;
    kept.unshift(line);
  }
  return kept;
}

/**
 * Keeps the newest lines that fit in `limit` tokens, in their order, and says how many others there are.
 * @param below how many lines were left out of what the lines were taken from
 */
export function boundImportant(
  lines: readonly string[],
  limit: number,
  counter: Counter,
  below = 0,
): BoundImportant {
  if (lines.length === 0 && below === 0) return { lines, tokens: 0, leftOut: 0 };
  const notice = below === 0 ? [] : [leftOutLine(below, below)];
  const all = [...notice, ...lines];
  const whole = counter.text(all.join("\n"));
  if (whole <= limit) return { lines: all, tokens: whole, leftOut: below };
  const room = limit - counter.text(leftOutLine(lines.length + below, below)) - 1;
  const kept = newestThatFit(lines, room, counter);
  const leftOut = below + lines.length - kept.length;
  const shown = leftOut === 0 ? kept : [leftOutLine(leftOut, below), ...kept];
  return { lines: shown, tokens: counter.text(shown.join("\n")), leftOut };
}
