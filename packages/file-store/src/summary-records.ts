import { randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { contentHash, StoreError } from "@gro/queue";
import type { PutOutcome, SummaryRecordStore, SummaryStorageRecord } from "@gro/summarizer";
import { codeOf, isMissing } from "./errors/error-code.js";
import { corrupt, failed } from "./errors/store-errors.js";
import { directoryPath } from "./options.js";

/** What records need of files. */
export interface RecordFiles {
  /** Makes a directory and those above it; one that is there is no error. */
  makeDirectory(path: string): Promise<void>;
  /** @throws ENOENT when there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  read(path: string): Promise<string>;
  /** Makes a file that must not be there, and resolves when it survives a loss of power. */
  writeNew(path: string, text: string): Promise<void>;
  /** Gives a file a second name. @throws EEXIST when the name is taken: of two who want it, one gets it. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Resolves when the names in a directory survive a loss of power. */
  syncDirectory(directory: string): Promise<void>;
}

export interface SummaryRecordsOptions {
  /** How files are got at. @default those of this machine */
  readonly files?: RecordFiles | undefined;
  /** Makes names of temporary files: never the same twice, in no process. @default crypto.randomUUID */
  readonly randomId?: (() => string) | undefined;
}

const VERSION = /^([1-9][0-9]{0,14})\.json$/u;
/** So many versions stay: a name is free again only after so many others have come. */
const KEPT_VERSIONS = 8;
/** A version that is listed may be gone when it is read, as newer ones came. */
const MOST_LOOKS = 20;

/**
 * Summaries of conversations in a directory, safe between processes without a lock: `<hash of the id>/<version>.json`, of which the
 * highest counts. A new version is written aside and then linked to its name, which only one of two writers gets. The directory must
 * be on a file system with hard links.
 *
 * @throws InvalidOptionError for a directory that is no path
 * @throws StoreError from its methods: `store_failed`, or `store_corrupt` for a file that holds no record
 */
export function fileSummaryRecords(
  directory: string,
  options: SummaryRecordsOptions = {},
): SummaryRecordStore {
  const root = directoryPath("directory", directory);
  const { files = nodeRecordFiles(), randomId = randomUUID } = options;
  const folderOf = (id: string) => join(root, contentHash(id).slice(0, 32));

  async function attempt<Result>(doing: string, path: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw StoreError.isInstance(error) || codeOf(error) === undefined ? error : failed(doing, path, error);
    }
  }

  async function versionsIn(folder: string): Promise<readonly number[]> {
    const names = await files.list(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => Number(VERSION.exec(name)?.[1] ?? [])).filter((version) => version > 0);
  }

  async function newest(id: string): Promise<{ version: number; record: SummaryStorageRecord | undefined }> {
    const folder = folderOf(id);
    for (let look = 1; ; look += 1) {
      const version = Math.max(0, ...(await versionsIn(folder)));
      if (version === 0) return { version, record: undefined };
      const path = join(folder, `${version}.json`);
      try {
        return { version, record: recordIn(await files.read(path), id, path) };
      } catch (error) {
        if (!isMissing(error) || look === MOST_LOOKS) throw error;
      }
    }
  }

  return {
    get: (id) => attempt("read a record in", folderOf(id), async () => (await newest(id)).record),
    put: (record, replaces) =>
      attempt("write a record in", folderOf(record.id), async (): Promise<PutOutcome> => {
        const folder = folderOf(record.id);
        const seen = await newest(record.id);
        if ((seen.record?.metadata.created_at ?? null) !== replaces) return "changed";
        await files.makeDirectory(folder);
        const aside = join(folder, `${randomId()}.tmp`);
        const own = join(folder, `${seen.version + 1}.json`);
        await files.writeNew(aside, `${JSON.stringify(record, undefined, 2)}\n`);
        try {
          await files.link(aside, own);
        } catch (error) {
          if (codeOf(error) === "EEXIST") return "changed";
          throw error;
        } finally {
          await files.remove(aside).catch(() => undefined);
        }
        const versions = await versionsIn(folder);
        // The name was free because so many versions have come and gone since it was looked at.
        if (Math.max(...versions) > seen.version + KEPT_VERSIONS) {
          await files.remove(own);
          return "changed";
        }
        await files.syncDirectory(folder);
        if (seen.version === 0) await files.syncDirectory(root);
        const old = versions.filter((version) => version <= seen.version + 1 - KEPT_VERSIONS);
        // What stays behind is cleared away the next time.
        for (const version of old) await files.remove(join(folder, `${version}.json`)).catch(() => undefined);
        return "stored";
      }),
  };
}

function recordIn(text: string, id: string, path: string): SummaryStorageRecord {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw corrupt(path, 0, "it is no JSON");
  }
  if (typeof record === "object" && record !== null && "id" in record && record.id === id) {
    return record as SummaryStorageRecord;
  }
  throw corrupt(path, 0, `it is not the record ${JSON.stringify(id.slice(0, 80))}`);
}

/** The files of this machine. */
function nodeRecordFiles(): RecordFiles {
  return {
    async makeDirectory(path) {
      await fs.mkdir(path, { recursive: true });
    },
    list: (directory) => fs.readdir(directory),
    read: (path) => fs.readFile(path, "utf8"),
    async writeNew(path, text) {
      const file = await fs.open(path, "wx");
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    link: (from, to) => fs.link(from, to),
    remove: (path) => fs.unlink(path),
    async syncDirectory(directory) {
      if (process.platform === "win32") return;
      const folder = await fs.open(directory);
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
}
