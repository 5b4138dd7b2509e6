import type { ClaimOutcome, ClaimToken, QueueStore } from "../../ports/queue-store.js";
import { REASON } from "./samples.js";

/** An operation that only the latest claim's token may do. */
export interface TokenOperation {
  readonly name: "extend" | "complete" | "release" | "deadLetter";
  /** Whether the claim is over after it. */
  readonly endsClaim: boolean;
  readonly run: (
    queue: QueueStore,
    claims: readonly ClaimToken[],
    leaseMs: number,
  ) => Promise<readonly ClaimOutcome[]>;
}

export const TOKEN_OPERATIONS: readonly TokenOperation[] = [
  { name: "extend", endsClaim: false, run: (queue, claims, leaseMs) => queue.extend(claims, leaseMs) },
  { name: "complete", endsClaim: true, run: (queue, claims) => queue.complete(claims) },
  { name: "release", endsClaim: true, run: (queue, claims) => queue.release(claims) },
  { name: "deadLetter", endsClaim: true, run: (queue, claims) => queue.deadLetter(claims, REASON) },
];
