import type { NewQueueItem } from "@gro/queue";

/** An item as hosts queue it. */
export function itemOf(index: number): NewQueueItem {
  const number = String(index).padStart(12, "0");
  return {
    pageId: `pg_${number}`,
    contentHash: number.repeat(6).slice(0, 64),
    label: `page ${index} of a conversation`,
    lane: "assistant",
  };
}

export function itemsFrom(start: number, count: number): NewQueueItem[] {
  return Array.from({ length: count }, (_, offset) => itemOf(start + offset));
}

/** How often something is done in a second. */
export async function rate(count: number, work: () => Promise<void> | void): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - startedAt);
}
