import type { InParts } from "../in-parts.js";
import { graphemeEnds } from "../text/graphemes.js";
import { lastCertainEnd } from "../text/plain-characters.js";
import { strongestBoundaries } from "./boundaries.js";
import { edgePriority, IN_ROW, prioritiesInRow } from "./edge-priority.js";

export { edgePriority } from "./edge-priority.js";

/** Weighed between two pauses. */
const OFFSETS_IN_A_PART = 4_096;

/** The one of `offsets` whose surroundings have the highest priority. */
function* highestPriority(text: string, offsets: readonly number[]): InParts<number> {
  const priorities = new Uint32Array(IN_ROW);
  let best = 0;
  let bestPriority = -1;
  for (let index = 0; index < offsets.length;) {
    const offset = offsets[index] ?? 0;
    const isRow = offsets[index + IN_ROW - 1] === offset + IN_ROW - 1;
    if (isRow) prioritiesInRow(text, offset, priorities);
    else priorities[0] = edgePriority(text, offset);
    const weighed = isRow ? IN_ROW : 1;
    for (let place = 0; place < weighed; place += 1) {
      const priority = priorities[place] ?? 0;
      // On equal text all around, as in one repeated letter, the later offset makes the fuller chunk.
      if (priority >= bestPriority) {
        best = offset + place;
        bestPriority = priority;
      }
    }
    if (index % OFFSETS_IN_A_PART > (index + weighed) % OFFSETS_IN_A_PART) yield;
    index += weighed;
  }
  return best;
}

/** The edge of a chunk that begins at `start` and may end anywhere in `(low, high]`, where `start <= low < high`. */
export function* chooseEdge(text: string, start: number, low: number, high: number): InParts<number> {
  const boundaries = yield* strongestBoundaries(text, low, high);
  if (boundaries.length > 0) return yield* highestPriority(text, boundaries);
  const certain = lastCertainEnd(text, start, low);
  const graphemes = yield* graphemeEnds(text, certain, high);
  const inReach = graphemes.filter((offset) => offset > low);
  if (inReach.length > 0) return yield* highestPriority(text, inReach);
  // One character of more than a chunk's length (piled combining marks): the last whole one before, or inside it.
  return graphemes.at(-1) ?? (certain > start ? certain : high);
}
