import { basename, dirname, join } from "node:path";
import { StoreError, type SummaryRequest } from "@gro/queue";
import { codeOf, isMissing } from "../errors/error-code.js";
import { failed } from "../errors/store-errors.js";
import { filePageStore, fileQueueStore } from "../file-store.js";
import { directoryPath, resolveOptions, type FileStoreOptions } from "../options.js";
import { contentHash } from "../pages/content-hash.js";
import type { FileSystem, OpenFile } from "../ports/file-system.js";
import { queueFileEntries, type QueueFileEntry } from "./queue-file-entries.js";
import { waitingItems, type WaitingItems } from "./waiting-items.js";

export interface ImportQueueFileOptions extends FileStoreOptions {
  /** How the pages are to be summarized. @default as pages of an agent's memory: each to a quarter, at most 500 tokens */
  readonly request?: SummaryRequest | undefined;
}

/** A queue file that was taken over. */
export interface ImportedQueueFile {
  /** Where the file is kept, as it was. */
  readonly keptAs: string;
  /** How many pages have been put into the queue, those that are missing or unreadable among them. */
  readonly queued: number;
  /** Ids of pages that are not there. A worker ends them as dead letters; once a page is there, it can be retried. */
  readonly missing: readonly string[];
  /** The same for pages that cannot be read. */
  readonly unreadable: readonly string[];
  /** Ids of pages that have their summary already, and so were not queued. */
  readonly summarized: readonly string[];
}

/** Where no directory is, or who may not look into it, nothing was taken away. */
const NOTHING_TAKEN: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM"]);

/** Digits of the hash by which a file that was taken over is kept. */
const HASH_DIGITS = 12;

/**
 * Takes over the queue file of gro's agent runtime, if there is one at the path where a store is to be: its pages are put into the queue of
 * the store, in their order, and the file is kept beside it as `<path>.imported-<hash>`. From then on the path is the directory of
 * the store, so that nothing is ever imported twice. Where there is no such file, nothing happens.
 *
 * May be called by any number of processes at once, and killed at any moment: the next call goes on. Answers what this call has
 * brought to its end: usually nothing or one file.
 *
 * @param path what is given to `fileStore`
 * @throws StoreError `queue_file_unreadable` for broken JSON or an entry that is none, `queue_file_without_pages` when not one of the
 * pages can be read; then nothing was changed. `store_failed` when the system refuses something.
 * @throws InvalidOptionError
 */
export async function importQueueFile(
  path: string,
  options: ImportQueueFileOptions = {},
): Promise<readonly ImportedQueueFile[]> {
  const place = directoryPath("path", path);
  const { fileSystem, randomId } = resolveOptions(options);
  const pagesPath = directoryPath("pagesDirectory", options.pagesDirectory ?? join(place, "pages"));
  const pages = filePageStore(pagesPath, options);
  const lookAt = async (entries: readonly QueueFileEntry[]): Promise<WaitingItems> => {
    const waiting = await waitingItems(pages, entries, options.request);
    const { items, missing, unreadable, summarized } = waiting;
    const isWithoutPages = summarized.length === 0 && missing.length + unreadable.length === items.length;
    if (items.length > 0 && isWithoutPages) throw withoutPages(place, items.length, pagesPath);
    return waiting;
  };

  const entries = isFile(fileSystem, place)
    ? queueFileEntries(readWhole(fileSystem, place), place)
    : undefined;
  if (entries !== undefined) {
    // Before anything is changed: what cannot be taken over stays where it is.
    await lookAt(entries);
    await takeAway(fileSystem, place, randomId);
  }
  const imported: ImportedQueueFile[] = [];
  for (const aside of takenAway(fileSystem, place)) {
    // What it says now: whoever wrote it may have gone on until it was taken away.
    const bytes = readIfThere(fileSystem, aside);
    if (bytes === undefined || bytes.byteLength === 0) continue;
    const waiting = await lookAt(queueFileEntries(bytes, aside) ?? []);
    const queue = fileQueueStore(place, options);
    try {
      await queue.enqueue(waiting.items);
    } finally {
      await queue.close();
    }
    const keptAs = await keep(fileSystem, place, aside, bytes);
    if (keptAs === undefined) continue;
    const { items, missing, unreadable, summarized } = waiting;
    imported.push({ keptAs, queued: items.length, missing, unreadable, summarized });
  }
  return imported;
}

/**
 * The pages that wait in a queue file which `importQueueFile` would take over, one among them that is just being taken over, and none of
 * which is in the store yet; `undefined` when there is none. Changes nothing.
 * @throws StoreError as `importQueueFile` does, but for pages that are not there
 */
export function readQueueFile(
  path: string,
  options: Pick<FileStoreOptions, "fileSystem"> = {},
): readonly QueueFileEntry[] | undefined {
  const place = directoryPath("path", path);
  const { fileSystem } = resolveOptions(options);
  if (isFile(fileSystem, place)) return queueFileEntries(readWhole(fileSystem, place), place);
  if (!isEmpty(fileSystem, place)) return undefined;
  const found = takenAway(fileSystem, place).flatMap((aside) => {
    const bytes = readIfThere(fileSystem, aside);
    return bytes === undefined || bytes.byteLength === 0 ? [] : [queueFileEntries(bytes, aside) ?? []];
  });
  return found.length === 0 ? undefined : found.flat();
}

/** Whether nothing was written yet where the store is to be. */
function isEmpty(files: FileSystem, place: string): boolean {
  try {
    return files.list(place).length === 0;
  } catch (error) {
    return isMissing(error);
  }
}

/**
 * Renames the file to a name beside it. That name is an empty file of our own before: should the path have become the store's directory by
 * now, the system refuses to put a directory in the place of a file, and nothing is taken away.
 */
async function takeAway(files: FileSystem, place: string, randomId: () => string): Promise<void> {
  const name = `.${basename(place)}.${randomId().replaceAll(/[^A-Za-z0-9-]/gu, "")}.importing`;
  const aside = join(dirname(place), name);
  try {
    files.open(aside, "createNew").close();
    files.rename(place, aside);
    await files.syncDirectory(dirname(place));
  } catch (error) {
    const wasQuicker = isMissing(error) || codeOf(error) === "ENOTDIR";
    if (!wasQuicker) throw failed("take over", place, error);
  } finally {
    if (!isTaken(files, aside)) discard(files, aside);
  }
}

function isTaken(files: FileSystem, aside: string): boolean {
  try {
    return files.facts(aside).size > 0;
  } catch (error) {
    return !isMissing(error);
  }
}

function discard(files: FileSystem, path: string): void {
  try {
    files.remove(path);
  } catch {
    // Empty, and so of no harm.
  }
}

/** Files that were taken away, by this call or by one that was killed since. */
function takenAway(files: FileSystem, place: string): string[] {
  const parent = dirname(place);
  const prefix = `.${basename(place)}.`;
  try {
    const names = files.list(parent).filter((name) => name.startsWith(prefix) && name.endsWith(".importing"));
    return names.sort().map((name) => join(parent, name));
  } catch (error) {
    if (NOTHING_TAKEN.has(codeOf(error) ?? "")) return [];
    throw failed("look into", parent, error);
  }
}

/** Gives the file the name by which it is kept; `undefined` when another call has done so. The same content has the same name. */
async function keep(
  files: FileSystem,
  place: string,
  aside: string,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const hash = contentHash(new TextDecoder().decode(bytes)).slice(0, HASH_DIGITS);
  const keptAs = `${place}.imported-${hash}`;
  try {
    files.rename(aside, keptAs);
    await files.syncDirectory(dirname(place));
    return keptAs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failed("keep", aside, error);
  }
}

function isFile(files: FileSystem, path: string): boolean {
  try {
    return files.facts(path).kind === "file";
  } catch {
    // The store says better why it cannot be used.
    return false;
  }
}

function readIfThere(files: FileSystem, path: string): Uint8Array | undefined {
  try {
    return readWhole(files, path);
  } catch (error) {
    if (StoreError.isInstance(error) && error.context["systemCode"] === "ENOENT") return undefined;
    throw error;
  }
}

function readWhole(files: FileSystem, path: string): Uint8Array {
  let handle: OpenFile | undefined;
  try {
    handle = files.open(path, "read");
    const bytes = new Uint8Array(handle.size());
    let length = 0;
    while (length < bytes.byteLength) {
      const count = handle.read(bytes.subarray(length), length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw failed("read", path, error);
  } finally {
    handle?.close();
  }
}

function withoutPages(place: string, count: number, pagesPath: string): StoreError {
  const which = count === 1 ? "The only page" : `Not one of the ${count} pages`;
  return new StoreError({
    code: "queue_file_without_pages",
    message:
      `${which} in the queue file ${place} can${count === 1 ? "not" : ""} be read in ${pagesPath}: ` +
      "is that the directory of the pages? The file is left as it is; if nothing in it is wanted, move it away.",
    context: { file: place, pagesDirectory: pagesPath },
  });
}
