import { join } from "node:path";
import { StoreError } from "@gro/queue";
import { codeOf, isMissing, reasonOf } from "../errors/error-code.js";
import { failed, unreadablePage } from "../errors/store-errors.js";
import { GroupCommit, type Waiting } from "../group-commit.js";
import { makeDirectories } from "../make-directories.js";
import type { ResolvedOptions } from "../options.js";
import { appendAll } from "../ports/append-all.js";
import type { FileFacts, FileSystem, OpenFile } from "../ports/file-system.js";

/** A page's file as it was at one moment. */
export interface PageBytes {
  readonly bytes: Buffer;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Permission bits: whoever may not read a page must not read what replaces it. */
  readonly mode: number;
}

export type PageFilesOptions = Pick<ResolvedOptions, "fileSystem" | "randomId" | "now">;

/** A file that nobody has finished writing for so long belongs to a writer that died. */
const ABANDONED_MS = 3_600_000;

/** What the system says of a file when there is no way to its directory. */
const NO_WAY: ReadonlySet<string> = new Set(["ENOTDIR", "EACCES", "EPERM"]);

const PAGE = /^[A-Za-z0-9_-]{1,128}\.json$/u;

const ASIDE = /^\.[A-Za-z0-9_-]{1,128}\.[A-Za-z0-9-]+\.tmp$/u;

/** The files of pages in a directory. Ids must have been checked: they become parts of paths. */
export class PageFiles {
  readonly directory: string;
  readonly #files: FileSystem;
  readonly #randomId: () => string;
  /** Milliseconds since the epoch. */
  readonly #now: () => number;
  readonly #syncs: GroupCommit<Waiting>;
  #isPrepared = false;
  /** The name of a file that was there: as long as it is, nobody need list them all. */
  #witness: string | undefined;

  /** @param directory absolute */
  constructor(directory: string, { fileSystem, randomId, now }: PageFilesOptions) {
    this.directory = directory;
    this.#files = fileSystem;
    this.#syncs = new GroupCommit(() => fileSystem.syncDirectory(directory));
    this.#randomId = randomId;
    this.#now = now;
  }

  pathOf(pageId: string): string {
    return join(this.directory, `${pageId}.json`);
  }

  /**
   * `undefined` when there is no such file.
   *
   * @throws StoreError `page_unreadable`; `store_failed` where no page can be looked for, as the directory is none or may not be entered
   */
  read(pageId: string): PageBytes | undefined {
    const path = this.pathOf(pageId);
    const facts = this.#facts(path, pageId);
    if (facts === undefined) return undefined;
    let handle: OpenFile | undefined;
    try {
      const { kind, size, modifiedAt, mode } = facts;
      // Opening some other things would wait for ever.
      if (kind !== "file")
        throw unreadablePage(path, pageId, kind === "directory" ? "it is a directory" : "it is no file");
      handle = this.#files.open(path, "read");
      return { bytes: readWhole(handle, size), modifiedAt, mode };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw StoreError.isInstance(error) ? error : unreadablePage(path, pageId, reasonOf(error), error);
    } finally {
      handle?.close();
    }
  }

  #facts(path: string, pageId: string): FileFacts | undefined {
    try {
      return this.#files.facts(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      // The way to the file, and so to every page: nothing is said of this one.
      if (NO_WAY.has(codeOf(error) ?? "")) throw failed("look into", this.directory, error);
      throw unreadablePage(path, pageId, reasonOf(error), error);
    }
  }

  /**
   * Whether there is the file of any page. Without the directory there is none.
   *
   * @throws StoreError `store_failed`
   */
  hasAny(): boolean {
    if (this.#witness !== undefined && this.#isFile(this.#witness)) return true;
    try {
      this.#witness = this.#files.list(this.directory).find((name) => PAGE.test(name));
      return this.#witness !== undefined;
    } catch (error) {
      if (isMissing(error)) return false;
      throw failed("list", this.directory, error);
    }
  }

  #isFile(name: string): boolean {
    try {
      return this.#files.facts(join(this.directory, name)).kind === "file";
    } catch {
      return false;
    }
  }

  /** Permission bits of a page's file, `undefined` when there is none. */
  modeOf(pageId: string): number | undefined {
    try {
      return this.#files.facts(this.pathOf(pageId)).mode;
    } catch {
      return undefined;
    }
  }

  /**
   * Writes what is to replace a page's file, and sees to it that it survives a loss of power.
   *
   * @returns its name
   * @throws StoreError `store_failed`
   */
  async writeAside(pageId: string, text: string, mode: number | undefined): Promise<string> {
    const path = this.pathOf(pageId);
    const name = `.${pageId}.${this.#randomId().replaceAll(/[^A-Za-z0-9-]/gu, "")}.tmp`;
    let handle: OpenFile | undefined;
    try {
      await this.#prepare();
      handle = this.#files.open(join(this.directory, name), "createNew", mode);
      appendAll(handle, Buffer.from(text));
      await handle.sync();
      return name;
    } catch (error) {
      if (handle !== undefined) this.discard(name);
      throw StoreError.isInstance(error) ? error : failed("write", path, error);
    } finally {
      handle?.close();
    }
  }

  /**
   * Puts what was written aside in the place of a page's file, at once; resolves when that survives a loss of power.
   *
   * @returns whether it was still there
   * @throws StoreError `store_failed`
   */
  async replace(pageId: string, aside: string): Promise<boolean> {
    const path = this.pathOf(pageId);
    try {
      this.#files.rename(join(this.directory, aside), path);
      await this.#synced();
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      this.discard(aside);
      throw failed("replace", path, error);
    }
  }

  /** Resolves when the names in the directory survive a loss of power. Pages that are replaced at the same time wait for one sync. */
  #synced(): Promise<void> {
    return new Promise((resolve, reject) => this.#syncs.add({ done: resolve, fail: reject }));
  }

  /** Removes what was written aside. */
  discard(aside: string): void {
    try {
      this.#files.remove(join(this.directory, aside));
    } catch {
      // It is cleared away later.
    }
  }

  /** Makes the directory, and clears away what writers have left there that died. */
  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await makeDirectories(this.#files, this.directory);
    this.#isPrepared = true;
    for (const name of this.#files.list(this.directory)) {
      if (ASIDE.test(name) && this.#isAbandoned(join(this.directory, name))) this.discard(name);
    }
  }

  #isAbandoned(path: string): boolean {
    try {
      return this.#files.facts(path).modifiedAt < this.#now() - ABANDONED_MS;
    } catch {
      return false;
    }
  }
}

function readWhole(handle: OpenFile, size: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    // One byte more than expected tells the end without another look.
    const part = Buffer.allocUnsafe(Math.max(size - length, 0) + 1);
    const count = handle.read(part, length);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
    length += count;
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
