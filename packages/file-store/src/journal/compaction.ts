import { isMissing } from "../errors/error-code.js";
import type { JournalFile, MemoEntry } from "../fold/memo-index.js";
import { stateLines, type SegmentEnd, type StateContents } from "../fold/snapshot.js";
import type { EndRecord, StateLine } from "../fold/snapshot-records.js";
import { appendAll } from "../ports/append-all.js";
import type { OpenFile } from "../ports/file-system.js";
import { breathe } from "../breathe.js";
import { asideName, snapshotFile } from "./file-names.js";
import type { JournalDirectory } from "./journal-directory.js";
import { LineBuffer } from "./line.js";
import { movedEntries, readLineBytes, whereItIs } from "./memo-lines.js";

/** Bytes that are written in one go, before others have their turn. */
const BYTES_A_TURN = 1 << 18;

/** A snapshot that is being written aside. */
class SnapshotWriter {
  readonly #handle: OpenFile;
  readonly #lines = new LineBuffer(BYTES_A_TURN);
  readonly #number: number;
  #written = 0;

  constructor(handle: OpenFile, number: number) {
    this.#handle = handle;
    this.#number = number;
  }

  /** Where the newline before the next line will be. */
  get offset(): number {
    return this.#written + this.#lines.length;
  }

  async add(record: StateLine | EndRecord): Promise<void> {
    this.#lines.add(JSON.stringify(record).slice(1), this.#number);
    await this.#writeSome();
  }

  /** @param bytes a line of another file, with the newline before it */
  async addCopy(bytes: Buffer, isWhole: boolean): Promise<void> {
    // What was damaged stays as it is, and is told from the others when somebody asks for it.
    if (isWhole) this.#lines.addCopy(bytes.subarray(1), this.#number);
    else this.#lines.addRaw(bytes);
    await this.#writeSome();
  }

  async finish(): Promise<void> {
    this.#write();
    await this.#handle.sync();
  }

  async #writeSome(): Promise<void> {
    if (this.#lines.length < BYTES_A_TURN) return;
    this.#write();
    await breathe();
  }

  #write(): void {
    const { bytes } = this.#lines;
    appendAll(this.#handle, bytes);
    this.#written += bytes.length;
    this.#lines.clear();
  }
}

/**
 * Replaces a segment and everything before it by a snapshot of the state that they made. Nobody needs to wait
 * for it; should it fail, everything stays as it was.
 *
 * @param writer names this process
 * @returns where the completions are now, or `undefined` when another process was faster
 * @throws what the file system throws
 */
export async function compact(
  directory: JournalDirectory,
  writer: string,
  segment: SegmentEnd,
  contents: StateContents,
): Promise<ReadonlyMap<string, MemoEntry> | undefined> {
  const { number } = segment;
  if (directory.isCompacted(number)) return undefined;
  const file = snapshotFile(number, writer);
  const handle = directory.open(asideName(file), "createNew");
  try {
    const snapshot = new SnapshotWriter(handle, number);
    const entries = await carryOver(directory, snapshot, contents.memo, file);
    if (entries === undefined) return undefined;
    await writeState(snapshot, segment, contents, [...entries.values()]);
    await snapshot.finish();
    if (!(await publish(directory, file))) return undefined;
    removeReplaced(directory, number);
    return entries;
  } finally {
    handle.close();
    directory.remove(asideName(file));
  }
}

/** Copies the lines with completions. `undefined` when they are gone, because another process has compacted meanwhile. */
async function carryOver(
  directory: JournalDirectory,
  snapshot: SnapshotWriter,
  entries: readonly MemoEntry[],
  file: JournalFile,
): Promise<ReadonlyMap<string, MemoEntry> | undefined> {
  const moved = entries.length === 0 ? undefined : await movedEntries(directory);
  const handles = new Map<string, OpenFile>();
  try {
    const carried = new Map<string, MemoEntry>();
    for (const entry of entries) {
      const there = whereItIs(entry, moved?.get(entry.key));
      const handle = handles.get(there.file.name) ?? directory.openIfThere(there.file, "read");
      if (handle === undefined) return undefined;
      handles.set(there.file.name, handle);
      const { bytes, isWhole } = readLineBytes(handle, there);
      carried.set(entry.key, { ...entry, file, offset: snapshot.offset + 1, length: there.length });
      await snapshot.addCopy(bytes, isWhole);
    }
    return carried;
  } finally {
    for (const handle of handles.values()) handle.close();
  }
}

async function writeState(
  snapshot: SnapshotWriter,
  segment: SegmentEnd,
  contents: StateContents,
  entries: readonly MemoEntry[],
): Promise<void> {
  const stateAt = snapshot.offset;
  let lines = 0;
  for (const line of stateLines(segment, contents, entries)) {
    await snapshot.add(line);
    lines += 1;
  }
  await snapshot.add({ do: "end", stateAt, lines });
}

/** Gives the snapshot its name, for ever. Answers whether it was still there to be named. */
async function publish(directory: JournalDirectory, file: JournalFile): Promise<boolean> {
  if (directory.isCompacted(file.number)) return false;
  try {
    directory.rename(asideName(file), file.name);
  } catch (error) {
    // Whoever has compacted further has cleared it away.
    if (isMissing(error)) return false;
    throw error;
  }
  await directory.sync();
  return true;
}

/** Removes what a snapshot replaces. Who still reads there has the files open, or finds the snapshot. */
function removeReplaced(directory: JournalDirectory, number: number): void {
  const { segments, snapshots, aside } = directory.list();
  for (const segment of segments) if (segment.number <= number) directory.remove(segment.name);
  for (const snapshot of snapshots) if (snapshot.number < number) directory.remove(snapshot.name);
  for (const unfinished of aside) if (unfinished.number <= number) directory.remove(unfinished.name);
}
