import type { Counter } from "../messages/counter.js";

/** Important lines as far as there is room for them. */
export interface BoundImportant {
  /** To be shown, a line about those left out among them. */
  readonly lines: readonly string[];
  /** Of `lines`, joined. */
  readonly tokens: number;
  readonly leftOut: number;
}

function leftOutLine(count: number): string {
  return `[${count} more important ${count === 1 ? "line is" : "lines are"} in the page]`;
}

/** Keeps the newest lines that fit in `limit` tokens, in their order, and says how many others there are. */
export function boundImportant(lines: readonly string[], limit: number, counter: Counter): BoundImportant {
  const whole = counter.text(lines.join("\n"));
  if (lines.length === 0 || whole <= limit) return { lines, tokens: whole, leftOut: 0 };
  const room = limit - counter.text(leftOutLine(lines.length)) - 1;
  const kept: string[] = [];
  let tokens = 0;
  for (const line of lines.toReversed()) {
    // One more for the line's end.
    const needed = counter.text(line) + 1;
    if (tokens + needed > room) continue;
    tokens += needed;
    kept.unshift(line);
  }
  const leftOut = lines.length - kept.length;
  const shown = [leftOutLine(leftOut), ...kept];
  return { lines: shown, tokens: counter.text(shown.join("\n")), leftOut };
}
