import { stat } from "node:fs/promises";
import { fileMemo, fileStore, type FileMemo } from "@gro/file-store";
import type { DurableStore } from "@gro/queue";
import type { Clock } from "@gro/summarizer";
import type { DatabasePlace } from "./database-place.js";
import type { Session } from "./environment.js";
import { counted } from "./figures.js";
import { withDatabase, withDatabaseAsItIs } from "./open-database.js";
import { takeOverQueueFile } from "./queue-file.js";
import { codeOf } from "./reason-of.js";
import { UsageError } from "./usage-error.js";
import { whyUnusable } from "./writable-directory.js";

/** A directory of a store. */
export interface StorePath {
  readonly path: string;
  /** As the user wrote it. */
  readonly shownAs: string;
  /** The flag or the variable that names it. */
  readonly origin: string;
}

/** Where a queue is. */
export type QueuePlace = { readonly kind: "files"; readonly queue: StorePath } | DatabasePlace;

/** Where a store of files is. */
export interface FilesPlace {
  readonly kind: "files";
  readonly queue: StorePath;
  readonly pages: StorePath;
}

/** Where a store is. */
export type StorePlace = FilesPlace | DatabasePlace;

/** A queue as the user knows it. */
export function shownPlace(place: QueuePlace): string {
  return place.kind === "files" ? place.queue.shownAs : place.shownAs;
}

/** The flag that leads to a queue. */
export function flagOfPlace(place: QueuePlace): string {
  if (place.kind === "files") return `--queue-path ${place.queue.shownAs}`;
  const schema = place.schema === undefined ? "" : ` --schema ${place.schema}`;
  const pooling = place.pooling === "session" ? "" : ` --pooling ${place.pooling}`;
  return `--database-url ${place.shownAs}${schema}${pooling}`;
}

/** Why a directory cannot be written to, with its name, or `undefined`; makes it where it is missing. */
async function problemOf({ path, shownAs, origin }: StorePath): Promise<string | undefined> {
  const reason = await whyUnusable(path);
  return reason === undefined
    ? undefined
    : `${origin} ${shownAs}: ${reason}. It takes a directory that can be written to.`;
}

/**
 * Does something with a store that is read and written, and closes it. Its directories are made where they are missing,
 * and a queue file of gro's agent runtime that stands at its path is taken over.
 * @throws StoreError for a queue file that cannot be taken over.
 * @throws Error that names the directory and the reason where one of them cannot be used.
 */
export async function withStore<Outcome>(
  place: StorePlace,
  session: Session,
  work: (store: DurableStore) => Promise<Outcome>,
): Promise<Outcome> {
  if (place.kind === "database") return withDatabase(place, work);
  const { queue, pages } = place;
  const { clock } = session.environment;
  await takeOverQueueFile(place, session);
  const problem = (await problemOf(queue)) ?? (await problemOf(pages));
  if (problem !== undefined) throw new Error(problem);
  const store = fileStore(queue.path, { pagesDirectory: pages.path, clock });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * Where a queue has pages, their directory must be there already: an empty one would be made in the place of the right one, and every
 * page be missing.
 * @throws UsageError that names both directories.
 */
export async function expectPagesOf(place: StorePlace, session: Session): Promise<void> {
  if (place.kind === "database") return;
  const { queue, pages } = place;
  // A queue file that is about to be taken over says itself which of its pages are missing.
  if ((await isThere(pages.path)) || (await isFile(queue.path))) return;
  const stats = await withQueueAsItIs(place, session, (store) => store.queue.stats());
  const { ready, waiting, claimed } = stats ?? { ready: 0, waiting: 0, claimed: 0 };
  const queued = ready + waiting + claimed;
  if (queued === 0) return;
  throw new UsageError(
    `${pages.origin} ${pages.shownAs}: there is no such directory, and ${counted(queued, "page")} of ` +
      `${queue.shownAs} should be in it.`,
    "Give the directory that enqueue was given.",
  );
}

/** Does something with a queue, and makes nothing. Answers `undefined` where there is none. */
export async function withQueueAsItIs<Outcome>(
  place: QueuePlace,
  { environment: { clock } }: Session,
  work: (store: Pick<DurableStore, "queue" | "ledger">) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  if (place.kind === "database") return withDatabaseAsItIs(place, work);
  const { path } = place.queue;
  if (!(await isThere(path))) return undefined;
  const store = fileStore(path, { clock });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * The memo of a directory, which is made where it is missing. Any number of runs may share it.
 * @throws UsageError when the directory cannot be used.
 */
export async function openMemo(directory: StorePath, clock: Clock): Promise<FileMemo> {
  const problem = await problemOf(directory);
  if (problem !== undefined) throw new UsageError(problem);
  return fileMemo(directory.path, { clock });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Anything but its absence the store itself tells better. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return codeOf(error) !== "ENOENT";
  }
}
