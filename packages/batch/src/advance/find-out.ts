import type { Step } from "@gro/summarizer/executor";
import type { KeyFailure, UnreadBatch } from "@gro/queue";
import { resultsKeptUntil } from "../ports/batch-provider.js";
import type { BatchWorkerEvents } from "../worker/worker-events.js";
import type { Tick } from "../worker/worker-parts.js";
import { decideStep, type StepDecision } from "./decide-step.js";
import type { OpenItem } from "./item-in-hand.js";

/** What was found out about a missing step. */
export interface Finding {
  readonly step: Step;
  /** `held`: the batch with this ref has it. */
  readonly decision: StepDecision | { readonly kind: "held"; readonly ref: string };
  /** Whether it has failed before, so that to ask it is to ask it again. */
  readonly hasFailed: boolean;
}

/** The first wait for a busy provider is no longer than this, in milliseconds. */
const LONGEST_FIRST_WAIT_MS = 60_000;

/**
 * Asks the ledger about the missing steps of several items and decides each. The ledger knows all news when this resolves, before
 * anything is done about them.
 */
export async function findOut(
  tick: Tick,
  items: readonly OpenItem[],
): Promise<ReadonlyMap<OpenItem, readonly Finding[]>> {
  const { store, maxAttempts, batchPollIntervalMs } = tick.settings;
  const { ledger } = store;
  const keys = [...new Set(items.flatMap(({ replay }) => [...replay.missing.keys()]))];
  const holders = await ledger.holders(keys);
  const histories = await ledger.failuresOf(keys.filter((key) => !holders.has(key)));
  const firstWaitMs = Math.min(LONGEST_FIRST_WAIT_MS, batchPollIntervalMs);
  const now = tick.storeTime.now();
  const keptUntil = ({ provider: id, endedAt }: UnreadBatch) => {
    const provider = tick.providers.byId(id);
    return provider === undefined ? undefined : resultsKeptUntil(provider, endedAt);
  };
  const news = new Map<string, KeyFailure>();
  const waste = new Map<string, BatchWorkerEvents["answerRejected"][0]>();
  const forgiven = new Set<string>();
  const findings = new Map<OpenItem, Finding[]>();
  for (const open of items) {
    const { queuedAt } = open.item.claim.item;
    const { provider, modelId, item } = open;
    const ofItem: Finding[] = [];
    for (const { step, rejection, rejected } of open.replay.missing.values()) {
      const { key } = step;
      const ref = holders.get(key);
      if (ref !== undefined) {
        ofItem.push({ step, decision: { kind: "held", ref }, hasFailed: false });
        continue;
      }
      const history = histories.get(key);
      const facts = { rejection, history, queuedAt, now, keptUntil, maxAttempts, firstWaitMs };
      const decision = decideStep({ ...facts, hasOwnModel: open.hasOwnModel });
      if (decision.kind === "dead" && decision.isNews) {
        const { code, message } = decision.reason;
        const { inputTokens, outputTokens } = rejected;
        news.set(key, { key, kind: code, message });
        const about = { provider: provider.id, modelId, pageId: item.pageId };
        waste.set(key, { ...about, code, inputTokens, outputTokens });
      }
      if (decision.kind === "ask" && decision.forgives) forgiven.add(key);
      ofItem.push({ step, decision, hasFailed: history !== undefined });
    }
    findings.set(open, ofItem);
  }
  if (news.size > 0) {
    await ledger.note([...news.values()]);
    await tick.point("failure-noted");
    for (const [key, answer] of waste) {
      tick.paidAnswers.forget(key);
      tick.tell("answerRejected", answer);
    }
  }
  if (forgiven.size > 0) await ledger.forgive([...forgiven]);
  return findings;
}
