import { dirname } from "node:path";
import { codeOf, isMissing } from "./errors/error-code.js";
import { failed } from "./errors/store-errors.js";
import type { FileSystem } from "./ports/file-system.js";

/**
 * Makes a directory and those above it, and sees to it that their names survive a loss of power.
 *
 * @param path absolute
 * @throws StoreError `store_failed` where that is not allowed; what a failed sync throws
 */
export async function makeDirectories(files: FileSystem, path: string): Promise<void> {
  const missing: string[] = [];
  for (let above = path; !isThere(files, above); above = dirname(above)) missing.unshift(above);
  for (const directory of missing) {
    makeDirectory(files, directory);
    await files.syncDirectory(dirname(directory));
  }
  if (missing.length === 0) await syncName(files, path);
}

function isThere(files: FileSystem, path: string): boolean {
  try {
    files.facts(path);
    return true;
  } catch (error) {
    // At the root there is nothing left to make.
    if (isMissing(error) && dirname(path) !== path) return false;
    throw failed("use", path, error);
  }
}

function makeDirectory(files: FileSystem, path: string): void {
  try {
    files.makeDirectory(path);
  } catch (error) {
    // Another process may have made it in this moment.
    if (codeOf(error) !== "EEXIST") throw failed("make the directory", path, error);
  }
}

/** Another process may have made it a moment ago. Where it is older, not being allowed to sync above it does no harm. */
async function syncName(files: FileSystem, path: string): Promise<void> {
  try {
    await files.syncDirectory(dirname(path));
  } catch (error) {
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") throw error;
  }
}
