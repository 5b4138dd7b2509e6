import { resolve } from "node:path";
import { memoRetentionOf, type StoreEnvironment } from "@gro/queue";
import { InvalidOptionError } from "@gro/summarizer";
import { wholeNumber } from "@gro/summarizer/executor";
import { nodeFileSystem } from "./node-file-system.js";
import type { FileSystem } from "./ports/file-system.js";

export interface PageStoreOptions extends StoreEnvironment {
  /** How the store gets at files. @default those of this machine */
  readonly fileSystem?: FileSystem | undefined;
}

export interface JournalOptions extends PageStoreOptions {
  /**
   * About how large a file of the journal gets before the next one is begun, in bytes, from 1,024. While much is live, files get larger:
   * a quarter of that, at most 64 MiB. @default 1048576
   */
  readonly segmentBytes?: number | undefined;
  /**
   * How long completions and the failures of step keys are kept, in milliseconds, from 259200000: 3 days. Failures count from when they
   * were last noted. Completions count from when they were last set, or read at an age of more than 36 hours: so what a page under way
   * needs stays, while workers look at it. They are cleared away when files of the journal are. @default 2592000000: 30 days
   */
  readonly memoRetentionMs?: number | undefined;
  /**
   * Hears why the journal could not be compacted. Nothing is lost then: the files stay as they are, and the next writer to fill one tries
   * again. @default nobody
   */
  readonly onCompactionFailed?: ((error: unknown) => void) | undefined;
}

export interface FileStoreOptions extends JournalOptions {
  /** Where the pages are. @default the directory `pages` in that of the store */
  readonly pagesDirectory?: string | undefined;
}

/** Options of a journal with nothing left out. */
export interface ResolvedOptions {
  readonly fileSystem: FileSystem;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomId: () => string;
  readonly segmentBytes: number;
  readonly memoRetentionMs: number;
  readonly onCompactionFailed: (error: unknown) => void;
}

const LEAST_SEGMENT_BYTES = 1024;

/** @throws InvalidOptionError */
export function resolveOptions(options: JournalOptions): ResolvedOptions {
  const {
    fileSystem = nodeFileSystem(),
    clock = Date,
    randomId = () => globalThis.crypto.randomUUID(),
  } = options;
  const { segmentBytes = 1 << 20, memoRetentionMs, onCompactionFailed = () => undefined } = options;
  return {
    ...{ fileSystem, randomId, onCompactionFailed },
    now: () => clock.now(),
    segmentBytes: wholeNumber("segmentBytes", segmentBytes, LEAST_SEGMENT_BYTES),
    memoRetentionMs: memoRetentionOf(memoRetentionMs),
  };
}

/** @throws InvalidOptionError unless the value is a path */
export function directoryPath(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return resolve(value);
  throw new InvalidOptionError(option, value, "the path of a directory");
}
