import type {
  BatchClaim,
  BatchIntent,
  BatchLedger,
  BatchToken,
  KeyFailure,
  Reservation,
} from "../../ports/batch-ledger.js";
import type { ClaimOutcome } from "../../ports/queue-store.js";

/** What is wanted to be sent, under this ref. */
export function intent(ref: string, keys: readonly string[], rest: Partial<BatchIntent> = {}): BatchIntent {
  return { ref, provider: "anthropic", modelId: "anthropic:claude-haiku-4-5", keys, ...rest };
}

/** Reserves keys, all of which are free. */
export async function reserved(
  ledger: BatchLedger,
  leaseMs: number,
  ref: string,
  keys: readonly string[],
  rest: Partial<BatchIntent> = {},
): Promise<BatchClaim> {
  return granted(await ledger.reserve(intent(ref, keys, rest), leaseMs));
}

/** The claim of a reservation that must have been granted. */
export function granted({ claim }: Reservation): BatchClaim {
  if (claim === null) throw new Error("reserve: free keys must be granted, got no claim");
  return claim;
}

/** Claims all batches of a provider that can be claimed. */
export function claimDue(
  ledger: BatchLedger,
  leaseMs: number,
  provider = "anthropic",
): Promise<readonly BatchClaim[]> {
  return ledger.claim({ provider, limit: 1_000, leaseMs });
}

export function refs(batches: readonly { readonly ref: string }[]): string[] {
  return batches.map(({ ref }) => ref);
}

export function failure(key: string, kind: string, message = "It did not work out."): KeyFailure {
  return { key, kind, message };
}

/** An operation that only the latest claim's token may do. */
export interface BatchOperation {
  readonly name: "extend" | "record" | "release" | "close";
  /** Whether the claim is over after it. */
  readonly endsClaim: boolean;
  readonly run: (ledger: BatchLedger, claim: BatchToken, leaseMs: number) => Promise<ClaimOutcome>;
}

export const BATCH_OPERATIONS: readonly BatchOperation[] = [
  { name: "extend", endsClaim: false, run: (ledger, claim, leaseMs) => ledger.extend(claim, leaseMs) },
  {
    ...{ name: "record", endsClaim: false },
    run: (ledger, claim) => ledger.record(claim, { submission: { kind: "submitted", batchId: "wrong" } }),
  },
  { name: "release", endsClaim: true, run: (ledger, claim) => ledger.release(claim, 0) },
  { name: "close", endsClaim: true, run: (ledger, claim) => ledger.close(claim, []) },
];
