import type { BatchRecord } from "@gro/queue";

/**
 * A time that the ledger holds with a batch, unless it cannot be right: one that lies before the reservation or is still to come was
 * noted by another clock than the ledger's, or before that was set right. What counts from it, counts anew.
 *
 * @param now by the ledger's clock
 */
export function notedTime(
  noted: number | undefined,
  { reservedAt }: Pick<BatchRecord, "reservedAt">,
  now: number,
): number | undefined {
  if (noted === undefined || noted > now) return undefined;
  // A reservation that is still to come says nothing: then it is that one which was noted wrongly.
  const isBeforeAll = noted < reservedAt && reservedAt <= now;
  return isBeforeAll ? undefined : noted;
}
