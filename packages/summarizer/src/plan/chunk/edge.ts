import type { InParts } from "../in-parts.js";
import { graphemeEnds } from "../text/graphemes.js";
import { strongestBoundaries } from "./boundaries.js";

/** How much text on each side of an offset decides its priority, in UTF-16 units. */
const FINGERPRINT_REACH = 24;

/** Weighed between two pauses. */
const OFFSETS_IN_A_PART = 4_096;

/**
 * A number that depends only on the text around `offset`. Among equally good places the one with the
 * highest priority becomes the edge: after an edit the same places win again a little further on, so
 * that only neighbouring chunks change.
 */
export function edgePriority(text: string, offset: number): number {
  let hash = 0x811c9dc5;
  const end = Math.min(text.length, offset + FINGERPRINT_REACH);
  for (let index = Math.max(0, offset - FINGERPRINT_REACH); index < end; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV's last characters reach only the low bits; this spreads them.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function* highestPriority(text: string, offsets: readonly number[]): InParts<number> {
  let best = 0;
  let bestPriority = -1;
  for (const [index, offset] of offsets.entries()) {
    if (index % OFFSETS_IN_A_PART === OFFSETS_IN_A_PART - 1) yield;
    const priority = edgePriority(text, offset);
    // On equal text all around, as in one repeated letter, the later offset makes the fuller chunk.
    if (priority >= bestPriority) {
      best = offset;
      bestPriority = priority;
    }
  }
  return best;
}

/** The edge of a chunk that begins at `start` and may end anywhere in `(low, high]`, where `start <= low < high`. */
export function* chooseEdge(text: string, start: number, low: number, high: number): InParts<number> {
  const boundaries = yield* strongestBoundaries(text, low, high);
  if (boundaries.length > 0) return yield* highestPriority(text, boundaries);
  const graphemes = yield* graphemeEnds(text, start, high);
  const inReach = graphemes.filter((offset) => offset > low);
  if (inReach.length > 0) return yield* highestPriority(text, inReach);
  // One character of more than a chunk's length (piled combining marks): the last whole one before, or inside it.
  return graphemes.at(-1) ?? high;
}
