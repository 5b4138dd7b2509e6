import { importQueueFile, readQueueFile, type ImportedQueueFile } from "@gro/file-store";
import type { Session } from "./environment.js";
import { counted } from "./figures.js";
import { MessageOutput } from "./message-output.js";
import type { FilesPlace, QueuePlace } from "./open-store.js";
import { NOTHING_QUEUED, type QueueStanding } from "./queue-standing.js";

/** So many ids are named in a message. */
const MOST_NAMED = 5;

function named(pageIds: readonly string[]): string {
  const shown = pageIds.slice(0, MOST_NAMED).join(", ");
  const others = pageIds.length - MOST_NAMED;
  return others > 0 ? `${shown} and ${others} others` : shown;
}

function outputOf({ environment, secrets }: Session): MessageOutput {
  return new MessageOutput(environment.stderr, { secrets });
}

function tell(output: MessageOutput, shownAs: string, imported: ImportedQueueFile): void {
  const { keptAs, queued, missing, unreadable, summarized } = imported;
  const had = summarized.length === 0 ? "" : `, ${counted(summarized.length, "page")} had a summary already`;
  output.notice(
    `the queue file ${shownAs} is taken over: ${counted(queued, "page")} queued${had}. It is kept as ${keptAs}, ` +
      `and ${shownAs} is the directory of the queue now: stop the program that wrote the file, if it still runs.`,
  );
  const later = "the worker will say so as a dead letter, and retry queues it again.";
  if (missing.length > 0) {
    output.warning(
      `${counted(missing.length, "page")} of it not there (${named(missing)}): ${later} ` +
        "gro's runtime has one queue file for all sessions, and a directory of pages for each: give the pages of another session " +
        "a queue of their own, by enqueue <directory>/*.json --pages-dir <directory> --queue-path <another queue>.",
    );
  }
  if (unreadable.length > 0) {
    output.warning(
      `${counted(unreadable.length, "page")} of it not readable (${named(unreadable)}): ${later}`,
    );
  }
}

/**
 * Where the path of the queue is a queue file of gro's agent runtime, its pages are queued in a store at the same path; says so.
 * @throws StoreError that names the file and what is wrong with it; then it is left as it is.
 */
export async function takeOverQueueFile({ queue, pages }: FilesPlace, session: Session): Promise<void> {
  const { clock } = session.environment;
  const imported = await importQueueFile(queue.path, { pagesDirectory: pages.path, clock });
  for (const file of imported) tell(outputOf(session), queue.shownAs, file);
}

/**
 * What waits in a queue file that was not taken over yet; `undefined` when the path is none. Changes nothing.
 * @throws StoreError that names the file and what is wrong with it
 */
export function queueFileStanding(place: QueuePlace, session: Session): QueueStanding | undefined {
  if (place.kind === "database") return undefined;
  const { path, shownAs } = place.queue;
  const entries = readQueueFile(path);
  if (entries === undefined) return undefined;
  outputOf(session).notice(`${shownAs} is a queue file: the next enqueue or worker takes it over.`);
  const times = entries.flatMap(({ queuedAt }) => queuedAt ?? []);
  const oldest = times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other));
  const ready = new Set(entries.map(({ pageId }) => pageId)).size;
  return {
    ...NOTHING_QUEUED,
    items: { ...NOTHING_QUEUED.items, ready },
    oldestQueuedAt: oldest === null ? null : new Date(oldest).toISOString(),
    oldestAgeMs: oldest === null ? null : session.environment.clock.now() - oldest,
  };
}
