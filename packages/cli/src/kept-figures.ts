import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addSnapshots, type FiguresSnapshot } from "@gro/metrics";
import { figuresFileFrom, type FiguresFile } from "./figures-file.js";
import { codeOf } from "./reason-of.js";
import { isGone, thisProcess, type ProcessName } from "./this-process.js";

/*
 * What workers have counted, so that it outlives them:
 *
 *   <queue>/metrics/worker-<id>.json       a worker's own, written anew as it works
 *   <queue>/metrics/worker-<id>.<by>.json  that of a worker that is gone, taken by another one, which adds it to its own and removes it
 *
 * They are figures and no records: what a worker that is killed has counted since it wrote last is not in them.
 */

/** Of a process of another machine nobody here knows whether it lives; one that lives writes more often than that. */
const GONE_AFTER_MS = 24 * 60 * 60_000;
/** A file that goes while it is being read has been added to another one: then everything is read anew. */
const MOST_READS = 5;

const FILE = /^worker-[\w-]+(?:\.(?<taker>[\w-]+))?\.json$/u;

/** Where the figures of a queue lie. */
function directoryOf(queuePath: string): string {
  return join(queuePath, "metrics");
}

interface Found {
  readonly path: string;
  readonly file: FiguresFile;
  /** The id of the worker that has taken it. */
  readonly taker: string | undefined;
}

/** Everything that lies there, also what has been added to another one. */
async function find(directory: string): Promise<readonly Found[]> {
  for (let reads = 1; ; reads += 1) {
    const found: Found[] = [];
    let isWhole = true;
    for (const name of await namesIn(directory)) {
      const path = join(directory, name);
      try {
        const file = figuresFileFrom(await readFile(path, "utf8"));
        const taker = FILE.exec(name)?.groups?.["taker"];
        if (file !== undefined) found.push({ path, file, taker });
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
        isWhole = false;
      }
    }
    if (isWhole || reads >= MOST_READS) return found;
  }
}

/** Those that count by themselves. */
function withoutAdded(found: readonly Found[]): readonly Found[] {
  const added = new Set(found.flatMap(({ file }) => file.includes));
  return found.filter(({ file }) => !added.has(file.id));
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => FILE.test(name));
  } catch (error) {
    // The queue's own place may be a file that was not taken over yet.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** What all workers of a queue have counted. */
export interface QueueFigures {
  /** When the first of them began to count; ISO 8601 in UTC. */
  readonly since: string;
  readonly snapshot: FiguresSnapshot;
}

/** Reads what the workers of a queue have counted; `undefined` where none has. Changes nothing. */
export async function readKeptFigures(queuePath: string): Promise<QueueFigures | undefined> {
  const files = withoutAdded(await find(directoryOf(queuePath))).map(({ file }) => file);
  const [since] = files.map((file) => file.since).sort();
  if (since === undefined) return undefined;
  return { since, snapshot: addSnapshots(files.map(({ snapshot }) => snapshot)) };
}

/** Keeps the figures of one worker, and of those before it that are gone. */
export class KeptFigures {
  private writing: Promise<void> = Promise.resolve();
  private isWaiting = false;

  private constructor(
    private readonly directory: string,
    private readonly own: Omit<FiguresFile, "snapshot" | "updatedAt">,
    private readonly before: FiguresSnapshot,
    private readonly now: () => number,
  ) {}

  /** Takes over what workers have left that are gone. Rejects when the directory cannot be used. */
  static async begin(
    queuePath: string,
    now: () => number,
    self: ProcessName = thisProcess(),
  ): Promise<KeptFigures> {
    const directory = directoryOf(queuePath);
    await mkdir(directory, { recursive: true });
    const id = randomUUID();
    const startedAt = new Date(now()).toISOString();
    const nothing = addSnapshots([]);
    // Before it takes anything: others that begin just now see by it that what it takes is in living hands.
    const mark = new KeptFigures(directory, { ...self, id, since: startedAt, includes: [] }, nothing, now);
    await mark.write(nothing);

    const found = await find(directory);
    const isLeft = ({ file }: Found) =>
      isGone(file, self) || now() - Date.parse(file.updatedAt) > GONE_AFTER_MS;
    const living = new Set(found.flatMap((one) => (isLeft(one) ? [] : one.file.id)));
    const taken: Found[] = [];
    for (const one of withoutAdded(found)) {
      const { path, file, taker } = one;
      if (!isLeft(one) || (taker !== undefined && living.has(taker))) continue;
      const target = join(directory, `worker-${file.id}.${id}.json`);
      if (await move(path, target)) taken.push({ path: target, file, taker: id });
    }
    // Whoever is taken may have died between adding others to its own figures and removing their files.
    const addedBefore = new Set(taken.flatMap(({ file }) => file.includes));
    const done = [...taken, ...found.filter(({ file }) => addedBefore.has(file.id))];
    const since = [startedAt, ...taken.map(({ file }) => file.since)].sort()[0] ?? startedAt;
    const includes = done.map(({ file }) => file.id);
    const before = addSnapshots(taken.map(({ file }) => file.snapshot));
    const kept = new KeptFigures(directory, { ...self, id, since, includes }, before, now);
    await kept.write(before);
    for (const { path, file } of done) {
      await rm(path, { force: true });
      // It may have died while it wrote.
      await rm(join(directory, `worker-${file.id}.json.tmp`), { force: true });
    }
    return kept;
  }

  /** Writes what was counted by now. Calls that come while one is being written share the next one. */
  keep(read: () => FiguresSnapshot): Promise<void> {
    if (this.isWaiting) return this.writing;
    this.isWaiting = true;
    this.writing = this.writing
      .catch(() => undefined)
      .then(() => {
        this.isWaiting = false;
        return this.write(addSnapshots([this.before, read()]));
      });
    return this.writing;
  }

  private async write(snapshot: FiguresSnapshot): Promise<void> {
    const path = join(this.directory, `worker-${this.own.id}.json`);
    const file: FiguresFile = { ...this.own, updatedAt: new Date(this.now()).toISOString(), snapshot };
    await writeFile(`${path}.tmp`, `${JSON.stringify({ version: 1, ...file })}\n`);
    await rename(`${path}.tmp`, path);
  }
}

/** Whether this process, and no other, has moved the file. */
async function move(from: string, target: string): Promise<boolean> {
  try {
    await rename(from, target);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}
