import { failed } from "../errors/store-errors.js";
import type { JournalFile } from "../fold/memo-index.js";
import { restoreLine, type SegmentEnd } from "../fold/snapshot.js";
import { StoreState } from "../fold/store-state.js";
import { StoreError } from "@gro/queue";
import type { JournalDirectory } from "./journal-directory.js";
import { readState } from "./snapshot-reader.js";

export interface LoadedSnapshot {
  readonly state: StoreState;
  /** The last segment that it holds. */
  readonly segment: SegmentEnd;
}

/**
 * The state that a snapshot holds, or `undefined` when it is not there any more.
 *
 * @throws StoreError `store_corrupt`, `store_newer_version`, `store_failed`
 */
export async function loadSnapshot(
  directory: JournalDirectory,
  snapshot: JournalFile,
): Promise<LoadedSnapshot | undefined> {
  const handle = directory.openIfThere(snapshot, "read");
  if (handle === undefined) return undefined;
  const path = directory.pathOf(snapshot);
  const state = new StoreState();
  let segment: SegmentEnd = { number: snapshot.number, end: 0 };
  try {
    for await (const lines of readState(snapshot, path, handle)) {
      for (const line of lines) {
        if (line.do === "snapshot") {
          segment = { number: snapshot.number, end: line.segmentEnd, chain: line.segmentChain };
        }
        restoreLine(state, line, snapshot);
      }
    }
    return { state, segment };
  } catch (error) {
    throw StoreError.isInstance(error) ? error : failed("read", path, error);
  } finally {
    handle.close();
  }
}
