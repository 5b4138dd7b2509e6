import * as fs from "node:fs";
import type { FileFacts, FileSystem, OpenFile, OpenMode } from "./ports/file-system.js";
import { SyncPace } from "./sync-pace.js";

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  append: O_RDWR | O_APPEND,
  create: O_RDWR | O_APPEND | O_CREAT,
  createNew: O_RDWR | O_APPEND | O_CREAT | O_EXCL,
};

/** The files of this machine. Windows cannot sync a directory: there it is left to the operating system. */
export function nodeFileSystem(): FileSystem {
  const pace = new SyncPace(() => performance.now());
  return {
    open: (path, mode, permissions) => openFile(path, fs.openSync(path, FLAGS[mode], permissions), pace),
    list: (directory) => fs.readdirSync(directory),
    facts: (path) => factsOf(fs.statSync(path)),
    makeDirectory: (path) => fs.mkdirSync(path),
    rename: (from, to) => fs.renameSync(from, to),
    remove: (path) => fs.unlinkSync(path),
    async syncDirectory(directory) {
      if (process.platform === "win32") return;
      const descriptor = fs.openSync(directory, O_RDONLY);
      try {
        await whenDone((done) => fs.fsync(descriptor, done));
      } finally {
        fs.closeSync(descriptor);
      }
    },
  };
}

function openFile(path: string, descriptor: number, pace: SyncPace): OpenFile {
  let own: fs.Stats | undefined;
  return {
    size: () => fs.fstatSync(descriptor).size,
    sizeInPlace() {
      own ??= fs.fstatSync(descriptor);
      const there = fs.statSync(path, { throwIfNoEntry: false });
      return there !== undefined && isSameFile(there, own) ? there.size : null;
    },
    read: (target, position) => fs.readSync(descriptor, target, 0, target.byteLength, position),
    append: (bytes) => fs.writeSync(descriptor, bytes),
    sync: () =>
      pace.sync(
        () => fs.fdatasyncSync(descriptor),
        () => whenDone((done) => fs.fdatasync(descriptor, done)),
      ),
    close: () => fs.closeSync(descriptor),
  };
}

/** As long as a file is open, no other gets its number. Windows numbers volumes differently by path and by descriptor in some versions. */
function isSameFile(left: fs.Stats, right: fs.Stats): boolean {
  return left.ino === right.ino && (process.platform === "win32" || left.dev === right.dev);
}

function whenDone(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)));
  });
}

function factsOf(stats: fs.Stats): FileFacts {
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
  return { kind, size: stats.size, mode: stats.mode & 0o777, modifiedAt: stats.mtimeMs };
}
