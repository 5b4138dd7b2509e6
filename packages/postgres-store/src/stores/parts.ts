const ITEMS_AT_ONCE = 5_000;

/** Statements that lock no more than so many rows. */
export function partsOf<Member>(list: readonly Member[]): (readonly Member[])[] {
  const parts: (readonly Member[])[] = [];
  for (let start = 0; start < list.length; start += ITEMS_AT_ONCE) {
    parts.push(list.slice(start, start + ITEMS_AT_ONCE));
  }
  return parts;
}
