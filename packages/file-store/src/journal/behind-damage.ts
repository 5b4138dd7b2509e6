import { readJournalRecord, type Signed } from "../fold/read-record.js";
import type { SealRecord } from "../fold/records.js";
import type { OpenFile } from "../ports/file-system.js";
import { NEWLINE, scanLine } from "./line.js";

export interface BehindDamage {
  /** Up to which byte somebody has synced the file, as records behind the damage tell. */
  readonly provenUpTo: number;
  /** The seal behind it, if there is one. */
  readonly sealedBy: (SealRecord & Signed) | undefined;
}

/** Looks for records behind something that is none. @param seed the number of the file */
export function findBehindDamage(file: OpenFile, offset: number, seed: number): BehindDamage {
  const bytes = readAll(file, offset);
  let provenUpTo = 0;
  let sealedBy: (SealRecord & Signed) | undefined;
  let position = bytes.indexOf(NEWLINE);
  while (position !== -1) {
    const scan = scanLine(bytes, position, bytes.length, seed);
    if (scan.kind === "line") {
      const record = readJournalRecord(bytes.toString("utf8", scan.start, scan.end));
      provenUpTo = Math.max(provenUpTo, record?.synced ?? 0);
      if (record?.do === "seal") sealedBy ??= record;
    }
    position = bytes.indexOf(NEWLINE, scan.kind === "line" ? scan.end : position + 1);
  }
  return { provenUpTo, sealedBy };
}

function readAll(file: OpenFile, offset: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, file.size() - offset));
  let filled = 0;
  while (filled < bytes.length) {
    const count = file.read(bytes.subarray(filled), offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
