import type { JournalFile } from "../fold/memo-index.js";

const SEGMENT = /^journal-(\d{6,15})\.jsonl$/u;
const SNAPSHOT = /^snapshot-(\d{6,15})-[A-Za-z0-9]+\.jsonl$/u;
const ASIDE = /^snapshot-(\d{6,15})-[A-Za-z0-9]+\.jsonl\.tmp$/u;

const digits = (number: number) => String(number).padStart(6, "0");

/** The segment with this number; the first has 1. */
export function segmentFile(number: number): JournalFile {
  return { kind: "segment", number, name: `journal-${digits(number)}.jsonl` };
}

/** What the segments up to this number made. Named after its writer, so that no writer replaces another's. */
export function snapshotFile(number: number, writer: string): JournalFile {
  return { kind: "snapshot", number, name: `snapshot-${digits(number)}-${writer}.jsonl` };
}

/** Where a snapshot is written before it is whole. */
export function asideName({ name }: JournalFile): string {
  return `${name}.tmp`;
}

/** The files of a journal. What else lies in the directory is left alone. */
export interface Listing {
  readonly segments: readonly JournalFile[];
  /** Of two with the same number any is good. */
  readonly snapshots: readonly JournalFile[];
  /** Snapshots that are being written, or whose writers died. */
  readonly aside: readonly JournalFile[];
}

export function listingOf(names: readonly string[]): Listing {
  const filesLike = (pattern: RegExp, kind: JournalFile["kind"]) =>
    [...names].sort().flatMap((name): JournalFile[] => {
      const number = pattern.exec(name)?.[1];
      return number === undefined ? [] : [{ kind, name, number: Number(number) }];
    });
  return {
    segments: filesLike(SEGMENT, "segment"),
    snapshots: filesLike(SNAPSHOT, "snapshot"),
    aside: filesLike(ASIDE, "snapshot"),
  };
}

/** The snapshot to begin with. */
export function newestSnapshot({ snapshots }: Listing): JournalFile | undefined {
  let newest: JournalFile | undefined;
  for (const snapshot of snapshots) {
    if (newest === undefined || snapshot.number > newest.number) newest = snapshot;
  }
  return newest;
}
