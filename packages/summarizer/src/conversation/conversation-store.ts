import { RecordStoreFailedError } from "../errors/record-store-error.js";
import { InvalidOptionError } from "../errors/invalid-option-error.js";
import { withMethods } from "../options/check-value.js";
import type { PutOutcome, SummaryRecordStore, SummaryStorageRecord } from "../ports/summary-record-store.js";
import { summaryRecordId } from "../storage-record.js";

/** The one record of a conversation in its store. */
export interface ConversationStore {
  /** @throws RecordStoreFailedError */
  read(): Promise<SummaryStorageRecord | null>;
  /** @throws RecordStoreFailedError */
  replace(prior: SummaryStorageRecord | null, record: SummaryStorageRecord): Promise<PutOutcome>;
}

function isRecord(value: unknown): value is SummaryStorageRecord {
  if (typeof value !== "object" || value === null) return false;
  const { content, metadata } = value as Partial<Record<keyof SummaryStorageRecord, unknown>>;
  if (typeof content !== "string" || typeof metadata !== "object" || metadata === null) return false;
  return "created_at" in metadata && typeof metadata.created_at === "string";
}

/** @throws InvalidOptionError for an id or a store that is none. */
export function conversationStore(conversationId: unknown, given: SummaryRecordStore): ConversationStore {
  if (typeof conversationId !== "string" || conversationId === "") {
    throw new InvalidOptionError("conversationId", conversationId, "a string that is not empty");
  }
  const store = withMethods("store", given, "get", "put");
  const id = summaryRecordId(conversationId);
  return {
    async read() {
      let record: unknown;
      try {
        record = await store.get(id);
      } catch (error) {
        throw new RecordStoreFailedError(id, "read", error);
      }
      if (record === undefined || record === null) return null;
      if (isRecord(record)) return record;
      throw new RecordStoreFailedError(id, "read", new Error("what is stored is no summary record"));
    },
    async replace(prior, record) {
      try {
        return await store.put(record, prior?.metadata.created_at ?? null);
      } catch (error) {
        throw new RecordStoreFailedError(id, "stored", error);
      }
    },
  };
}
