import { claimTokensOf, type ClaimOutcome, type ClaimToken } from "@gro/queue";
import { optionalNumber, text, type Row } from "../connection/row.js";
import { LONGEST_MS, Patience, type Waiting } from "../connection/patience.js";
import type { Run, Statement } from "../connection/run.js";
import type { QueueStatements } from "../statements/queue-statements.js";
import { freeFirst } from "./free-first.js";
import { partsOf } from "./parts.js";

/** What came of a change to claimed items. */
export interface Finished {
  /** In the order of the claims. */
  readonly outcomes: ClaimOutcome[];
  /** Whether an item became claimable by it that was queued again meanwhile. */
  readonly isAnyReady: boolean;
}

/** A change to claimed items. */
export interface Finish {
  readonly statement: Statement;
  readonly valuesOf: (ids: readonly string[], tokens: readonly string[]) => readonly unknown[];
  /** What a claim is told that stands in the list a second time. */
  readonly again: ClaimOutcome;
  /**
   * Whether what others are busy with is waited for. Otherwise it counts as done: for leases, where nobody else gets at the item as long as
   * somebody is busy with it, and the next time is soon.
   */
  readonly waits: boolean;
}

/**
 * Does something to the items whose tokens are good. A claim that stands twice in the list is done once.
 *
 * @throws StoreError `store_failed` when others are busy with some for long. The rest is done.
 */
export async function finishItems(
  run: Run,
  statements: QueueStatements,
  waiting: Waiting,
  given: readonly ClaimToken[],
  { statement, valuesOf, again, waits }: Finish,
): Promise<Finished> {
  const claims = claimTokensOf(given);
  const wanted = new Map(claims.map((claim) => [keyOf(claim), claim]));
  const done = new Set<ClaimToken>();
  let isAnyReady = false;
  const claimsOf = (rows: readonly Row[]) =>
    rows.flatMap((row) => wanted.get(keyOf({ itemId: text(row, "id"), token: text(row, "token") })) ?? []);
  const idsOf = (part: readonly ClaimToken[]) => part.map(({ itemId }) => itemId);
  const tokensOf = (part: readonly ClaimToken[]) => part.map(({ token }) => token);

  for (const part of partsOf([...wanted.values()])) {
    await freeFirst(part, new Patience(statement.doing, LONGEST_MS.items, waiting), {
      async change(left) {
        const rows = await run(statement, valuesOf(idsOf(left), tokensOf(left)));
        if (rows.some((row) => optionalNumber(row, "is_ready") === 1)) isAnyReady = true;
        const changed = claimsOf(rows);
        for (const claim of changed) done.add(claim);
        return changed;
      },
      async stillThere(left) {
        const held = claimsOf(await run(statements.held, [idsOf(left), tokensOf(left)]));
        if (waits) return held;
        for (const claim of held) done.add(claim);
        return [];
      },
    });
  }

  const told = new Set<ClaimToken>();
  const outcomes = claims.map((claim): ClaimOutcome => {
    const only = wanted.get(keyOf(claim));
    if (only === undefined || !done.has(only)) return "lost";
    if (told.has(only)) return again;
    told.add(only);
    return "ok";
  });
  return { outcomes, isAnyReady };
}

function keyOf({ itemId, token }: ClaimToken): string {
  return JSON.stringify([itemId, token]);
}
