import type { BatchClaim } from "@gro/queue";
import type { BatchProvider } from "../ports/batch-provider.js";
import type { Tick } from "../worker/worker-parts.js";

const NOT_FOUND = 404;

/** From now on everybody knows since when the provider does not know the batch, also those who come after this worker. */
export async function noteMissing(
  tick: Tick,
  claim: BatchClaim,
  missingSince: number,
  missingLooks: number,
): Promise<void> {
  const { submission } = claim.batch;
  if (submission.kind === "intended") return;
  const known = { ...submission, missingSince, missingLooks };
  await tick.settings.store.ledger.record(claim, { submission: known });
}

/**
 * The claim of a batch that the provider knows after all: from here on it is as if it had never been missing.
 */
export async function forgetMissing(tick: Tick, claim: BatchClaim): Promise<BatchClaim> {
  const { submission } = claim.batch;
  if (submission.kind === "intended" || submission.missingSince === undefined) return claim;
  const { missingSince: _since, missingLooks: _looks, ...found } = submission;
  await tick.settings.store.ledger.record(claim, { submission: found });
  return { ...claim, batch: { ...claim.batch, submission: found } };
}

/**
 * Whether something speaks against it that a batch is gone: the provider does not know others of ours either, takes none at this
 * address, or still lists this one. To give up what is out is to pay for it again. Rejects when the provider cannot list its batches:
 * then nothing it says of them proves anything.
 */
export async function isInDoubt(
  tick: Tick,
  provider: BatchProvider,
  claim: BatchClaim,
  batchId: string,
): Promise<boolean> {
  const { ref, batch } = claim;
  const against = (await isListed()) ? "lists it all the same" : await whyAccount();
  if (against === undefined) return false;
  const message = `The provider does not know batch ${batchId}, but ${against}. It is not given up yet.`;
  tick.tellError("looking after a batch", new Error(message), { ref });
  return true;

  async function isListed(): Promise<boolean> {
    const now = tick.storeTime.now();
    const lookUp = { ref, since: batch.reservedAt, now, requestCount: batch.keys.length };
    const found = await provider.find(lookUp, tick.stopping);
    return found.some((one) => one.batchId === batchId);
  }

  async function whyAccount(): Promise<string | undefined> {
    const others = (await othersOut(tick, claim)).filter((other) => other.batchId !== batchId);
    const [other] = others;
    const isAnyMissing =
      others.some(({ isMissing }) => isMissing) ||
      (other !== undefined && (await provider.status(other.batchId, tick.stopping)).kind === "missing");
    const wrongPlace =
      "do the key and the base URL still lead to the account that the batches were sent from?";
    if (isAnyMissing) return `others that are out are not known there either: ${wrongPlace}`;
    const isRefused = tick.providers.healthOf(provider.id).pausedBy?.status === NOT_FOUND;
    return isRefused ? `it answers 404 to new ones, too: ${wrongPlace}` : undefined;
  }
}

/** Other batches of the same provider that should be known there. */
async function othersOut(
  tick: Tick,
  { batch }: BatchClaim,
): Promise<readonly { readonly batchId: string; readonly isMissing: boolean }[]> {
  const open = await tick.settings.store.ledger.openBatches();
  return open.flatMap(({ ref, provider, submission }) => {
    if (ref === batch.ref || provider !== batch.provider || submission.kind !== "submitted") return [];
    return [{ batchId: submission.batchId, isMissing: submission.missingSince !== undefined }];
  });
}
