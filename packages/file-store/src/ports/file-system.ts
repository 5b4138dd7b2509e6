/** What is known of a path. */
export interface FileFacts {
  readonly kind: "file" | "directory" | "other";
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/**
 * How a file is opened. `read`: it must exist. `append`: it must exist; reads and appends at its end, whoever else does.
 * `create`: as `append`, made when it is not there. `createNew`: as `create`, and an error when it is there.
 */
export type OpenMode = "read" | "append" | "create" | "createNew";

/** An open file. */
export interface OpenFile {
  /** Bytes in the file now. */
  size(): number;
  /**
   * Bytes in it now, or `null` when the path by which it was opened leads to no file now, or to another one. Where this is missing, a file
   * that is deleted, moved or replaced while it is in use goes unnoticed.
   */
  sizeInPlace?(): number | null;
  /** Reads into `target` from `position` on; answers how many bytes, 0 at the end of the file. */
  read(target: Uint8Array, position: number): number;
  /**
   * Writes at the end of the file as one write: what several processes append never mingles. Answers how many bytes were written, which
   * are fewer than given only when something went wrong in the middle.
   */
  append(bytes: Uint8Array): number;
  /** Resolves when everything in the file, whoever wrote it, survives a loss of power. */
  sync(): Promise<void>;
  close(): void;
}

/**
 * Everything that the store does with files. What the operating system answers from its memory answers at once; only waiting for the
 * disk is asynchronous. Errors are those of Node, with their `code`, such as `ENOENT`.
 */
export interface FileSystem {
  open(path: string, mode: OpenMode, permissions?: number): OpenFile;
  /** Names in a directory, in any order. */
  list(directory: string): readonly string[];
  facts(path: string): FileFacts;
  /** Makes one directory, not those above it. */
  makeDirectory(path: string): void;
  /** Replaces what is at `to`. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Resolves when the names in a directory survive a loss of power. */
  syncDirectory(directory: string): Promise<void>;
}
