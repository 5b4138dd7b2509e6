import { join } from "node:path";
import { isMissing } from "../errors/error-code.js";
import { failed } from "../errors/store-errors.js";
import type { JournalFile } from "../fold/memo-index.js";
import { makeDirectories } from "../make-directories.js";
import type { FileSystem, OpenFile, OpenMode } from "../ports/file-system.js";
import { listingOf, newestSnapshot, type Listing } from "./file-names.js";

/** The directory of a journal, with errors that say what could not be done. */
export class JournalDirectory {
  readonly path: string;
  readonly #files: FileSystem;

  constructor(path: string, files: FileSystem) {
    this.path = path;
    this.#files = files;
  }

  pathOf(file: { readonly name: string }): string {
    return join(this.path, file.name);
  }

  /** The files that are there: none when there is no directory. */
  list(): Listing {
    // A listing is no picture of one moment: what is renamed meanwhile may be missing. Two that agree show no such gap.
    let names = this.#names();
    for (;;) {
      const again = this.#names();
      if (again.join("\n") === names.join("\n")) return listingOf(names);
      names = again;
    }
  }

  /** Whether there is a snapshot that holds what was in this segment. */
  isCompacted(number: number): boolean {
    const newest = newestSnapshot(this.list());
    return newest !== undefined && newest.number >= number;
  }

  /** `undefined` when it is not there. */
  openIfThere(file: JournalFile, mode: "read" | "append"): OpenFile | undefined {
    try {
      return this.#files.open(this.pathOf(file), mode);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failed("open", this.pathOf(file), error);
    }
  }

  open(name: string, mode: OpenMode): OpenFile {
    try {
      return this.#files.open(this.pathOf({ name }), mode);
    } catch (error) {
      throw failed("open", this.pathOf({ name }), error);
    }
  }

  /** Makes the directory and those above it, and sees to it that they survive a loss of power. */
  make(): Promise<void> {
    return makeDirectories(this.#files, this.path);
  }

  rename(from: string, to: string): void {
    this.#files.rename(this.pathOf({ name: from }), this.pathOf({ name: to }));
  }

  /** Removes a file, if it is there. */
  remove(name: string): void {
    try {
      this.#files.remove(this.pathOf({ name }));
    } catch (error) {
      if (!isMissing(error)) throw failed("remove", this.pathOf({ name }), error);
    }
  }

  /** Resolves when the names in it survive a loss of power. */
  sync(): Promise<void> {
    return this.#files.syncDirectory(this.path);
  }

  #names(): readonly string[] {
    try {
      return [...this.#files.list(this.path)].sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw failed("list the directory", this.path, error);
    }
  }
}
