import type { Patience } from "../connection/patience.js";

/** What is to be done to rows of which others may be busy with some. */
export interface FreeFirst<Member> {
  /** Does it to those that are free; answers which these were. */
  readonly change: (members: readonly Member[]) => Promise<readonly Member[]>;
  /** Which of those that were not done can still be done: others are busy with them. */
  readonly stillThere: (members: readonly Member[]) => Promise<readonly Member[]>;
}

/**
 * Does something to all rows, to those first that nobody is busy with. Who waits for the others holds none: so nobody waits in a
 * circle, also where a transaction of a host's takes the same rows in another order.
 *
 * @throws StoreError `store_failed` when others are busy with some for long. The rest is done.
 */
export async function freeFirst<Member>(
  members: readonly Member[],
  patience: Patience,
  { change, stillThere }: FreeFirst<Member>,
): Promise<void> {
  for (let left = members; left.length > 0;) {
    const done = new Set(await change(left));
    const rest = left.filter((member) => !done.has(member));
    left = rest.length === 0 ? [] : await stillThere(rest);
    if (left.length > 0) await patience.wait();
  }
}
