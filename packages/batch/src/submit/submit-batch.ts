import type { BatchClaim } from "@gro/queue";
import { judgeCompletion } from "@gro/summarizer/executor";
import { heldBackName, type ItemInHand } from "../advance/item-in-hand.js";
import type { Settlements } from "../advance/settlements.js";
import type { ProviderFailure, SubmitOutcome } from "../ports/batch-provider.js";
import { blame, kindForRequests } from "../tend/blame.js";
import { closeBatch } from "../tend/close-batch.js";
import { lookUpDelayMs } from "../tend/decide-intent.js";
import { failureFrom } from "../worker/describe-error.js";
import { mapSideBySide } from "../worker/lanes.js";
import { knownAs, nameOf } from "../worker/names.js";
import { pauseProvider } from "../worker/pause-provider.js";
import type { Tick } from "../worker/worker-parts.js";
import { cancelUnwanted } from "./cancel-unwanted.js";
import { decideRefusal } from "./decide-refusal.js";
import type { Pool, PooledStep } from "./pool.js";

/*
 * How a batch comes to be:
 *
 *   wanted ──reserve──▶ intended ──memo asked again──▶ sent, once ──created──▶ submitted
 *              │            │                             ├─refused──▶ closed: later, or in halves, or one request to blame
 *              │            │                             └─no answer──▶ stays intended until it was looked up
 *              │            └─some are answered by now──▶ closed; the rest is wanted
 *              └─another batch has the key: its items wait for that one
 *
 * The intent is in the ledger before anything is sent, and a key is in one open batch at a time.
 */

const READS_AT_ONCE = 64;

/** Batches that are to be sent anew. */
type Again = readonly (readonly PooledStep[])[];

const NOTHING: Again = [];

/** One try to send steps as a batch. */
export class Submission {
  /** Steps whose items have not been told yet what became of them. */
  private readonly open: Set<PooledStep>;
  private claim: BatchClaim | undefined;

  constructor(
    private readonly tick: Tick,
    private readonly pool: Pool,
    steps: readonly PooledStep[],
    private readonly settlements: Settlements,
  ) {
    this.open = new Set(steps);
  }

  /** Never rejects. Answers what is to be sent anew, in other batches. */
  async run(): Promise<Again> {
    const { tick } = this;
    try {
      return await this.reserve();
    } catch (error) {
      // The store failed. A batch that it has taken is found by the end of its lease.
      tick.tellError("submitting a batch", error, this.claim === undefined ? {} : { ref: this.claim.ref });
      this.settle((item) => item.comeBack(tick.settings.pollIntervalMs));
      return NOTHING;
    } finally {
      if (this.claim !== undefined && !tick.held.has(this.claim.ref)) tick.leases.dropBatch(this.claim);
    }
  }

  private async reserve(): Promise<Again> {
    const { tick, pool } = this;
    const { store, leaseMs, randomId } = tick.settings;
    const { id: provider, modelId } = pool.provider;
    const keys = [...this.open].map(({ step }) => step.key);
    const intent = { ref: randomId(), provider, modelId, keys, deadlineAt: earliestDeadline(this.open) };
    const { claim, held } = await tick.storeTime.learnFrom(
      () => store.ledger.reserve(intent, leaseMs),
      (reservation) => reservation.claim,
    );
    this.settle(
      (item, key) => item.waitFor(held.get(key) ?? "", key),
      ({ step }) => held.has(step.key),
    );
    if (claim === null) return NOTHING;
    this.claim = claim;
    tick.leases.holdBatch(claim);
    tick.tell("batchReserved", nameOf(claim.batch));
    await tick.point("batch-reserved");
    return await this.checkMemo(claim);
  }

  /** Another worker may have collected some of the keys between the plan and the reservation. */
  private async checkMemo(claim: BatchClaim): Promise<Again> {
    const { memo } = this.tick.settings.store;
    const steps = [...this.open];
    const completions = await mapSideBySide(steps, READS_AT_ONCE, ({ step }) => memo.get(step.key));
    const answered = new Set(
      steps.filter(({ step }, index) => {
        const completion = completions[index];
        return completion !== undefined && judgeCompletion(step, completion).kind === "usable";
      }),
    );
    if (answered.size === 0) return await this.send(claim);
    await closeBatch(this.tick, claim, "not_needed", []);
    this.settle(comeBackNow, (step) => answered.has(step));
    return this.open.size === 0 ? NOTHING : [this.takeOpen()];
  }

  private async send(claim: BatchClaim): Promise<Again> {
    const { tick, pool } = this;
    const { store, leaseMs } = tick.settings;
    // Nobody else may look after the intent while it is under way: not before, and not during the call.
    if ((await store.ledger.extend(claim, leaseMs)) === "lost") {
      this.settle((item, key) => item.waitFor(claim.ref, key));
      return NOTHING;
    }
    const remembered = new Set<string>();
    const requests = [...this.open].map(({ step: { key, request } }) => ({ key, request }));
    await tick.point("before-submit");
    const outcome = await pool.provider
      .submit({
        ref: claim.ref,
        requests,
        remember: async (key, completion) => {
          await store.memo.set(key, completion);
          remembered.add(key);
          await tick.point("result-remembered");
        },
      })
      .catch((error: unknown): SubmitOutcome => ({
        kind: "unknown",
        failure: failureFrom(error, "server_error"),
      }));
    await tick.point("after-submit");
    switch (outcome.kind) {
      case "created":
        return await this.created(claim, outcome.batchId, remembered);
      case "unknown":
        return await this.unknown(claim, outcome.failure);
      case "refused":
        return await this.refused(claim, outcome.failure);
    }
  }

  private async created(claim: BatchClaim, batchId: string, remembered: ReadonlySet<string>): Promise<Again> {
    const { tick, pool } = this;
    const { provider } = pool;
    const { store, batchPollIntervalMs } = tick.settings;
    const runsHere = provider.whenEnded !== undefined;
    if (runsHere) tick.held.keep(tick, { claim, batchId, provider, remembered });
    const wasPaused = tick.providers.healthOf(provider.id).created();
    if (wasPaused) tick.tell("resumed", { provider: provider.id });
    const submission = { kind: "submitted", batchId, since: tick.storeTime.now() } as const;
    const recorded = await store.ledger.record(claim, { submission });
    await tick.point("submission-recorded");
    tick.counts.batchesSubmitted += 1;
    tick.counts.requestsSubmitted += this.open.size;
    tick.tell("batchSubmitted", { ...knownAs(claim.batch, batchId), retries: this.retries });
    if (recorded === "lost") await cancelUnwanted(tick, provider, claim.batch, batchId);
    await this.waitForIt(claim, runsHere ? undefined : batchPollIntervalMs);
    // What waits for the end of a pause need not any more.
    if (wasPaused) await store.queue.wake(heldBackName(provider.id));
    return NOTHING;
  }

  private async unknown(claim: BatchClaim, failure: ProviderFailure): Promise<Again> {
    const { tick } = this;
    const { store, orphanGraceMs } = tick.settings;
    tick.tell("batchSubmissionUnknown", { ...nameOf(claim.batch), retries: this.retries, failure });
    await store.ledger.record(claim, { submission: { kind: "intended", since: tick.storeTime.now() } });
    await tick.point("submission-recorded");
    await this.waitForIt(claim, lookUpDelayMs(orphanGraceMs));
    return NOTHING;
  }

  /** Gives the items back before the batch: while it is in hands, it cannot end without calling them. */
  private async waitForIt(claim: BatchClaim, pollDelayMs: number | undefined): Promise<void> {
    const { tick } = this;
    this.settle((item, key) => item.waitFor(claim.ref, key));
    await this.settlements.flush();
    if (pollDelayMs === undefined) return;
    await tick.settings.store.ledger.release(claim, pollDelayMs);
    tick.schedule.noteIn(pollDelayMs);
    await tick.point("batch-released");
  }

  private async refused(claim: BatchClaim, failure: ProviderFailure): Promise<Again> {
    const { tick, pool } = this;
    const { clock } = tick.settings;
    const health = tick.providers.healthOf(pool.provider.id);
    tick.tell("batchRefused", { ...nameOf(claim.batch), failure });
    const decision = decideRefusal(failure, this.open.size, pool.hasOwnModel);
    const isBlamed = decision.kind === "blame";
    const { keys } = claim.batch;
    const failures = isBlamed ? blame(keys, kindForRequests(failure), failure.message) : [];
    await closeBatch(tick, claim, "refused", failures);
    const now = clock.now();
    switch (decision.kind) {
      case "divide":
        return halves(this.takeOpen());
      case "blame":
        this.settle(comeBackNow);
        if (failure.kind === "invalid_request" && health.requestInvalid())
          pauseProvider(tick, pool.provider.id, everyRequestInvalid(failure));
        return NOTHING;
      case "pause": {
        const until = pauseProvider(tick, pool.provider.id, failure);
        this.settle((item) => item.holdBack(pool.provider.id, until - now));
        return NOTHING;
      }
      case "back-off": {
        // The provider's queue is full, or asked too often: the same again would be refused again.
        if (failure.kind === "rate_limited") health.queueFull(keys.length);
        const until = health.backOff(failure, now);
        this.settle((item) => item.holdBack(pool.provider.id, until - now));
        return NOTHING;
      }
    }
  }

  private get retries(): number {
    return [...this.open].filter(({ hasFailed }) => hasFailed).length;
  }

  private takeOpen(): readonly PooledStep[] {
    const steps = [...this.open];
    this.open.clear();
    return steps;
  }

  private settle(
    tell: (item: ItemInHand, key: string) => void,
    concerns: (step: PooledStep) => boolean = () => true,
  ): void {
    for (const pooled of [...this.open].filter(concerns)) {
      this.open.delete(pooled);
      settleStep(this.settlements, pooled, tell);
    }
  }
}

/** Says what a step came to, to all items that wait for it; those that wait for nothing else are given back. */
export function settleStep(
  settlements: Settlements,
  { step, items }: Pick<PooledStep, "step" | "items">,
  tell: (item: ItemInHand, key: string) => void,
): void {
  for (const item of items) {
    tell(item, step.key);
    item.pooled -= 1;
    if (item.pooled === 0) settlements.release(item);
  }
}

function comeBackNow(item: ItemInHand): void {
  item.comeBack(0);
}

function earliestDeadline(steps: Iterable<PooledStep>): number | null {
  let earliest: number | null = null;
  for (const { items } of steps) {
    for (const { deadlineAt } of items) {
      if (deadlineAt !== null) earliest = Math.min(earliest ?? deadlineAt, deadlineAt);
    }
  }
  return earliest;
}

function halves(steps: readonly PooledStep[]): Again {
  const middle = Math.ceil(steps.length / 2);
  return [steps.slice(0, middle), steps.slice(middle)];
}

function everyRequestInvalid(failure: ProviderFailure): ProviderFailure {
  return {
    ...failure,
    message: `The provider turns down one request after the other, so the fault may not lie in them: ${failure.message}`,
  };
}
