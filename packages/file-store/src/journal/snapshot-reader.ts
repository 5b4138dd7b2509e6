import { corrupt, newerVersion } from "../errors/store-errors.js";
import type { JournalFile } from "../fold/memo-index.js";
import { readSnapshotRecord } from "../fold/read-record.js";
import { FORMAT_VERSION } from "../fold/records.js";
import type { EndRecord, SnapshotRecord, StateLine } from "../fold/snapshot-records.js";
import type { OpenFile } from "../ports/file-system.js";
import { LineCursor } from "./line-cursor.js";
import { NEWLINE } from "./line.js";
import { breathe } from "../breathe.js";

/** More than the last line of a snapshot takes. */
const LAST_LINE = 256;
/** Lines between two pauses in which others get their turn. */
const LINES_A_TURN = 2000;

/**
 * Reads the lines that describe the state of a snapshot, without the completions before them.
 *
 * @param path for messages
 * @throws StoreError `store_corrupt`, `store_newer_version`
 */
export async function* readState(
  file: JournalFile,
  path: string,
  handle: OpenFile,
): AsyncGenerator<readonly StateLine[]> {
  const { record: end, offset: endAt } = readEnd(file, path, handle);
  const cursor = new LineCursor(handle, file.number, end.stateAt);
  let lines: StateLine[] = [];
  let count = 0;
  while (cursor.offset < endAt) {
    const { record, offset } = nextRecord(cursor, path);
    if (record.do === "end") throw corrupt(path, offset, "it ends twice");
    if (record.do === "snapshot") checkHead(record, file, path);
    else if (count === 0) throw corrupt(path, offset, "the head of the state is missing");
    lines.push(record);
    count += 1;
    if (lines.length < LINES_A_TURN) continue;
    yield lines;
    lines = [];
    await breathe();
  }
  if (count !== end.lines)
    throw corrupt(path, endAt, `it has ${count} lines of state instead of ${end.lines}`);
  yield lines;
}

/** Snapshots get their name when they are whole and synced, so one without its end was changed. */
function readEnd(file: JournalFile, path: string, handle: OpenFile): { record: EndRecord; offset: number } {
  const size = handle.size();
  const bytes = Buffer.alloc(Math.min(size, LAST_LINE));
  handle.read(bytes, size - bytes.length);
  const newline = bytes.lastIndexOf(NEWLINE);
  const offset = size - bytes.length + Math.max(0, newline);
  const { record } = nextRecord(new LineCursor(handle, file.number, offset), path);
  if (record.do !== "end") throw corrupt(path, offset, "the snapshot has no end");
  return { record, offset };
}

function nextRecord(cursor: LineCursor, path: string): { record: SnapshotRecord; offset: number } {
  const { offset } = cursor;
  const line = cursor.next();
  const record = line.kind === "line" ? recordIn(line.text) : undefined;
  if (line.kind !== "line" || record === undefined) throw corrupt(path, offset, "the line is no record");
  return { record, offset: line.offset };
}

function recordIn(text: string): SnapshotRecord | undefined {
  try {
    return readSnapshotRecord(text);
  } catch {
    return undefined;
  }
}

function checkHead(record: SnapshotRecord & { do: "snapshot" }, file: JournalFile, path: string): void {
  const { version, number } = record;
  if (version > FORMAT_VERSION) throw newerVersion(path, version, FORMAT_VERSION);
  if (number !== file.number) throw corrupt(path, 0, `it is snapshot ${number} under another name`);
}
