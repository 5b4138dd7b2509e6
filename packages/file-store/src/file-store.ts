import { join } from "node:path";
import type { BatchLedger, DurableStore, PageStore, QueueStore } from "@gro/queue";
import type { Memo } from "@gro/summarizer";
import { Journal } from "./journal/journal.js";
import {
  directoryPath,
  resolveOptions,
  type FileStoreOptions,
  type JournalOptions,
  type PageStoreOptions,
} from "./options.js";
import { pagesIn } from "./pages/file-page-store.js";
import { PageFiles } from "./pages/page-files.js";
import { ledgerOf } from "./stores/file-batch-ledger.js";
import { memoOf } from "./stores/file-memo.js";
import { queueOf } from "./stores/file-queue-store.js";

/** What holds files open: `await using` closes it at the end of its block. */
export interface Closing extends AsyncDisposable {
  /** Ends the calls that have begun and closes the files. Later calls are refused with `store_closed`. */
  close(): Promise<void>;
}

export type FileStore = DurableStore & Closing;
export type FileQueueStore = QueueStore & Closing;
export type FileMemo = Memo & Closing;
/** Its `close` ends batches, so it is closed by disposing of it alone. */
export type FileBatchLedger = BatchLedger & AsyncDisposable;
/** Holds nothing open. */
export type FilePageStore = PageStore;

/**
 * Everything that hosts and workers share, in a directory. Any number of processes may use it at the same time, without a lock.
 *
 * Nothing is opened here. The first call reads what is there; the first one that writes makes the directory. A promise that
 * resolves means that the change survives a crash and a loss of power.
 *
 * Calls reject with a `StoreError`: `store_failed` when the system refuses something, `store_corrupt` for a damaged file and
 * `store_newer_version` for one of a later version, all with file and reason. After a failed write or sync the store takes no more
 * changes; reading goes on.
 *
 * @param directory where the journal is
 * @throws InvalidOptionError
 */
export function fileStore(directory: string, options: FileStoreOptions = {}): FileStore {
  const path = directoryPath("directory", directory);
  const { pagesDirectory = join(path, "pages") } = options;
  const resolved = resolveOptions(options);
  const journal = new Journal(path, resolved);
  const files = new PageFiles(directoryPath("pagesDirectory", pagesDirectory), resolved);
  return {
    ...{ queue: queueOf(journal), memo: memoOf(journal), ledger: ledgerOf(journal), pages: pagesIn(files) },
    ...closing(journal),
  };
}

/** The queue of a `fileStore` alone. */
export function fileQueueStore(directory: string, options: JournalOptions = {}): FileQueueStore {
  const journal = openJournal(directory, options);
  return { ...queueOf(journal), ...closing(journal) };
}

/** The memo of a `fileStore` alone: remembers completions between runs and processes. */
export function fileMemo(directory: string, options: JournalOptions = {}): FileMemo {
  const journal = openJournal(directory, options);
  return { ...memoOf(journal), ...closing(journal) };
}

/** The ledger of a `fileStore` alone. */
export function fileBatchLedger(directory: string, options: JournalOptions = {}): FileBatchLedger {
  const journal = openJournal(directory, options);
  return { ...ledgerOf(journal), [Symbol.asyncDispose]: () => journal.close() };
}

/** The pages of a `fileStore` alone. @param directory where the pages are */
export function filePageStore(directory: string, options: PageStoreOptions = {}): FilePageStore {
  return pagesIn(new PageFiles(directoryPath("directory", directory), resolveOptions(options)));
}

function openJournal(directory: string, options: JournalOptions): Journal {
  return new Journal(directoryPath("directory", directory), resolveOptions(options));
}

function closing(journal: Journal): Closing {
  const close = () => journal.close();
  return { close, [Symbol.asyncDispose]: close };
}
