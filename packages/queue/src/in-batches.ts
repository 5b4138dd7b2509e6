/** Few enough pages to hold at once, and enough to share a sync of the disk. */
const BATCH_SIZE = 100;

/** Does a long list part by part, one after the other; answers all results in order. */
export async function inBatches<Member, Result>(
  list: readonly Member[],
  work: (batch: readonly Member[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < list.length; start += BATCH_SIZE) {
    results.push(...(await work(list.slice(start, start + BATCH_SIZE))));
  }
  return results;
}
