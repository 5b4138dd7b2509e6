import { RecordConflictError } from "../errors/record-store-error.js";
import { prepareTokenizer } from "../execute/prepare-tokenizer.js";
import { resolveOptions } from "../options/resolve-options.js";
import type { SummarizeOptions } from "../options/summarize-options.js";
import { mostPriorTokens } from "../plan/plan.js";
import { resolveTarget } from "../plan/settings.js";
import type { SummaryRecordStore, SummaryStorageRecord } from "../ports/summary-record-store.js";
import { toStorageRecord } from "../storage-record.js";
import { summarize } from "../summarize.js";
import type { SummaryResult } from "../summary-result.js";
import { conversationStore } from "./conversation-store.js";
import { checkTurns, transcriptOf, type ConversationTurn } from "./turn.js";

/** How a conversation's summary is brought up to date: the options of `summarize`, and where it is. */
export interface UpdateConversationOptions extends Omit<SummarizeOptions, "priorSummary"> {
  /** Names the conversation. Its record is `"<conversationId>:summary"`. */
  readonly conversationId: string;
  /** What has been said since the last update, in order. Said again, it is summarized again. */
  readonly turns: readonly ConversationTurn[];
  readonly store: SummaryRecordStore;
}

export type ConversationUpdate =
  /** The record has been stored. */
  | { readonly kind: "updated"; readonly record: SummaryStorageRecord; readonly result: SummaryResult }
  /** No turn says anything: nothing was asked and nothing stored. `record` is what was there, or `null`. */
  | { readonly kind: "unchanged"; readonly record: SummaryStorageRecord | null };

/**
 * Each attempt after the first one was lost to somebody else's update, which is in the next attempt's prior summary. Of so many updates
 * at once, each one is stored: with each round one of them is through.
 */
const MOST_ATTEMPTS = 20;

/**
 * Summarizes the transcript with what came before. A short transcript would stand as it is, without that, and of a long prior summary
 * only the beginning would be carried forward: in both cases the two are one content.
 */
async function summarizeWith(
  prior: string,
  transcript: string,
  options: SummarizeOptions,
): Promise<SummaryResult> {
  if (prior === "") return summarize(transcript, options);
  const { tokenizer: given, plan, signal } = resolveOptions(options);
  const { tokenizer } = await prepareTokenizer(given, signal);
  const transcriptTokens = tokenizer.count(transcript);
  const isShort = transcriptTokens <= resolveTarget(plan.target, transcriptTokens);
  const isPriorLong = tokenizer.count(prior) > mostPriorTokens(plan.tokenMax);
  return isShort || isPriorLong
    ? summarize(`${prior}\n\n${transcript}`, options)
    : summarize(transcript, { ...options, priorSummary: prior });
}

/** The moment of the record: later than its predecessor's, whatever the clocks of two machines say, as records are told apart by it. */
function dated(record: SummaryStorageRecord, prior: SummaryStorageRecord | null): SummaryStorageRecord {
  const before = prior === null ? NaN : Date.parse(prior.metadata.created_at);
  if (Number.isNaN(before) || Date.parse(record.metadata.created_at) > before) return record;
  return { ...record, metadata: { ...record.metadata, created_at: new Date(before + 1).toISOString() } };
}

/**
 * Summarizes what was said in a conversation together with the summary of what came before, and stores that in its place.
 *
 * Updates at once all count, up to 20 of them: who comes later summarizes again, with the other's summary as what came before, and pays for
 * that. A host that has many of them for one conversation saves money by one after the other.
 * With a `memo`, an update that failed to be stored costs nothing when it is made again.
 *
 * @throws InvalidOptionError before anything is asked
 * @throws RecordStoreFailedError when the store fails
 * @throws RecordConflictError when others have stored 20 times meanwhile
 * @throws as `summarize`
 */
export async function updateConversationSummary(
  options: UpdateConversationOptions,
): Promise<ConversationUpdate> {
  const { conversationId, turns, store, contentType = "conversation", ...rest } = options;
  const records = conversationStore(conversationId, store);
  const transcript = transcriptOf(checkTurns(turns));
  const settings: SummarizeOptions = { ...rest, contentType };
  resolveOptions(settings);
  let prior = await records.read();
  if (transcript === "") return { kind: "unchanged", record: prior };
  for (let attempt = 1; ; attempt += 1) {
    const result = await summarizeWith(prior?.content.trim() ?? "", transcript, settings);
    const record = dated(toStorageRecord(result, conversationId), prior);
    if ((await records.replace(prior, record)) === "stored") return { kind: "updated", record, result };
    if (attempt === MOST_ATTEMPTS) throw new RecordConflictError(record.id, attempt);
    prior = await records.read();
  }
}
