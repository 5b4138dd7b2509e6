import { StoreError } from "@gro/queue";
import { corrupt, failed } from "../errors/store-errors.js";
import type { MemoEntry, Place } from "../fold/memo-index.js";
import { memoEntry } from "../fold/snapshot.js";
import type { OpenFile } from "../ports/file-system.js";
import { newestSnapshot } from "./file-names.js";
import type { JournalDirectory } from "./journal-directory.js";
import { scanLine } from "./line.js";
import { readState } from "./snapshot-reader.js";

/** The bytes of a line with the newline before it, and whether they are still what was written. */
export interface LineBytes {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** @throws what the file system throws */
export function readLineBytes(handle: OpenFile, { file, offset, length }: Place): LineBytes {
  const bytes = Buffer.alloc(length + 1);
  handle.read(bytes, offset - 1);
  const scan = scanLine(bytes, 0, bytes.length, file.number);
  return { bytes, isWhole: scan.kind === "line" && scan.end === bytes.length };
}

/**
 * The text of a line; `undefined` when its file is gone.
 *
 * @throws StoreError `store_corrupt`, `store_failed`
 */
export function readLineText(directory: JournalDirectory, place: Place): string | undefined {
  const handle = directory.openIfThere(place.file, "read");
  if (handle === undefined) return undefined;
  const path = directory.pathOf(place.file);
  try {
    const { bytes, isWhole } = readLineBytes(handle, place);
    if (!isWhole) throw corrupt(path, place.offset, "the line of a completion was changed");
    return bytes.toString("utf8", 1);
  } catch (error) {
    throw StoreError.isInstance(error) ? error : failed("read", path, error);
  } finally {
    handle.close();
  }
}

/**
 * Where completions are that a snapshot has taken over, by their keys. Empty without a snapshot.
 *
 * @throws StoreError as `readState`
 */
export async function movedEntries(directory: JournalDirectory): Promise<ReadonlyMap<string, MemoEntry>> {
  const moved = new Map<string, MemoEntry>();
  const snapshot = newestSnapshot(directory.list());
  const handle = snapshot && directory.openIfThere(snapshot, "read");
  if (snapshot === undefined || handle === undefined) return moved;
  try {
    for await (const lines of readState(snapshot, directory.pathOf(snapshot), handle)) {
      for (const line of lines) {
        if (line.do !== "index") continue;
        for (const entry of line.entries) moved.set(entry[0], memoEntry(entry, snapshot));
      }
      if (lines.at(-1)?.do !== "index") break;
    }
    return moved;
  } finally {
    handle.close();
  }
}

/** A snapshot that another process has written holds everything up to its number. */
export function whereItIs(entry: MemoEntry, moved: MemoEntry | undefined): MemoEntry {
  return moved !== undefined && moved.file.number >= entry.file.number ? moved : entry;
}
