/** How much text on each side of an offset decides its priority, in UTF-16 units. */
const FINGERPRINT_REACH = 24;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A number that depends only on the text around `offset`. Among equally good places the one with the
 * highest priority becomes the edge: after an edit the same places win again a little further on, so
 * that only neighbouring chunks change.
 */
export function edgePriority(text: string, offset: number): number {
  let hash = FNV_START;
  const end = Math.min(text.length, offset + FINGERPRINT_REACH);
  for (let index = Math.max(0, offset - FINGERPRINT_REACH); index < end; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return spread(hash);
}

/** FNV's last characters reach only the low bits; this spreads them. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** How many priorities `prioritiesInRow` finds at once. */
export const IN_ROW = 4;

/**
 * The priorities of `offset` and the offsets right after it, `IN_ROW` in all. In text without spaces every character is a place for an
 * edge, and a hash by itself keeps the processor waiting for one product after the other; four beside each other take a quarter of the time.
 */
export function prioritiesInRow(text: string, offset: number, priorities: Uint32Array): void {
  const start = offset - FINGERPRINT_REACH;
  const end = offset + FINGERPRINT_REACH;
  if (start < 0 || end + IN_ROW > text.length) {
    for (let index = 0; index < IN_ROW; index += 1) priorities[index] = edgePriority(text, offset + index);
    return;
  }
  let [first, second, third, fourth] = [FNV_START, FNV_START, FNV_START, FNV_START];
  let unit = text.charCodeAt(start);
  let next = text.charCodeAt(start + 1);
  let afterNext = text.charCodeAt(start + 2);
  for (let index = start; index < end; index += 1) {
    const last = text.charCodeAt(index + 3);
    first = Math.imul(first ^ unit, FNV_PRIME);
    second = Math.imul(second ^ next, FNV_PRIME);
    third = Math.imul(third ^ afterNext, FNV_PRIME);
    fourth = Math.imul(fourth ^ last, FNV_PRIME);
    unit = next;
    next = afterNext;
    afterNext = last;
  }
  priorities[0] = spread(first);
  priorities[1] = spread(second);
  priorities[2] = spread(third);
  priorities[3] = spread(fourth);
}
