/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** The items behind the one with the id `after`, or before the one with the id `before`. `undefined` when there is no such one. */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  limit: number,
  after: string | null,
  before: string | null = null,
): Page<Item> | undefined {
  const place = (id: string | null) => (id === null ? -1 : items.findIndex((item) => item.id === id));
  const start = place(after);
  const end = place(before);
  if ((after !== null && start < 0) || (before !== null && end < 0)) return undefined;
  if (before !== null) {
    const first = Math.max(0, end - limit);
    return { items: items.slice(first, end), hasMore: first > 0 };
  }
  const shown = items.slice(start + 1, start + 1 + limit);
  return { items: shown, hasMore: start + 1 + limit < items.length };
}
