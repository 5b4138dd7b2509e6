import type { SummaryRecordStore, SummaryStorageRecord } from "../ports/summary-record-store.js";

/** Records that live as long as the object, for tests and for hosts that keep everything in one process. */
export function memorySummaryRecords(): SummaryRecordStore {
  const records = new Map<string, SummaryStorageRecord>();
  return {
    async get(id) {
      const record = records.get(id);
      return record === undefined ? undefined : structuredClone(record);
    },
    async put(record, replaces) {
      if ((records.get(record.id)?.metadata.created_at ?? null) !== replaces) return "changed";
      records.set(record.id, structuredClone(record));
      return "stored";
    },
  };
}
