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
