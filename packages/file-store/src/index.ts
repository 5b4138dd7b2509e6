export {
  fileBatchLedger,
  fileMemo,
  filePageStore,
  fileQueueStore,
  fileStore,
  type Closing,
  type FileBatchLedger,
  type FileMemo,
  type FilePageStore,
  type FileQueueStore,
  type FileStore,
} from "./file-store.js";
export type { FileStoreOptions, JournalOptions, PageStoreOptions } from "./options.js";
export type { FileFacts, FileSystem, OpenFile, OpenMode } from "./ports/file-system.js";
export { nodeFileSystem } from "./node-file-system.js";
export { fileSummaryRecords, type RecordFiles, type SummaryRecordsOptions } from "./summary-records.js";
export {
  importQueueFile,
  readQueueFile,
  type ImportedQueueFile,
  type ImportQueueFileOptions,
} from "./queue-file/import-queue-file.js";
export type { QueueFileEntry } from "./queue-file/queue-file-entries.js";
