import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Memo } from "@gro/summarizer";
import { codeOf, reasonOf } from "./reason-of.js";
import { readStoredCompletion } from "./stored-completion.js";
import { UsageError } from "./usage-error.js";

/** Keys become file names: nothing that is not one character of base64url may get into a path. */
const KEY = /^[A-Za-z0-9_-]{1,128}$/u;

/** Makes a directory and those above it. Not by `recursive`, with which Node never comes back from a place like /proc. */
async function makeDirectory(directory: string): Promise<void> {
  const make = async () => {
    try {
      await mkdir(directory);
    } catch (error) {
      // Another run may have made it in this moment.
      if (codeOf(error) !== "EEXIST") throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    const parent = dirname(directory);
    if (codeOf(error) !== "ENOENT" || parent === directory) throw error;
    await makeDirectory(parent);
    await make();
  }
}

/** Why a directory cannot hold the memo, or `undefined`; makes it where it is missing. */
async function whyUnusable(directory: string): Promise<string | undefined> {
  try {
    await makeDirectory(directory);
    if (!(await stat(directory)).isDirectory()) return "it exists and is not a directory";
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "it cannot be made" : reasonOf(error);
  }
}

/** `undefined` for a file that is not there. */
async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * A memo in a directory: one file a completion, `<key>.json`. Several runs may share it, as a file is written aside
 * and then renamed: who reads finds all of it or nothing.
 *
 * @param shownAs The directory as the user wrote it.
 * @param warn Hears of the first file that holds no completion; such a file counts as missing.
 * @throws UsageError when the directory cannot be made or used.
 */
export async function directoryMemo(
  directory: string,
  shownAs: string,
  warn: (message: string) => void,
): Promise<Memo> {
  const problem = await whyUnusable(directory);
  if (problem !== undefined) {
    throw new UsageError(`--memo ${shownAs}: ${problem}. It takes a directory that can be written to.`);
  }

  let hasWarned = false;
  function pathOf(key: string): string {
    if (!KEY.test(key)) throw new RangeError(`${JSON.stringify(key)} is no step key.`);
    return join(directory, `${key}.json`);
  }

  return {
    async get(key) {
      const path = pathOf(key);
      const json = await readIfThere(path);
      const completion = json === undefined ? undefined : readStoredCompletion(json);
      if (json !== undefined && completion === undefined && !hasWarned) {
        hasWarned = true;
        warn(`--memo: ${path} holds no completion. It is asked for again, and so are others like it.`);
      }
      return completion;
    },
    async set(key, completion) {
      const path = pathOf(key);
      const aside = `${path}.${randomUUID()}.tmp`;
      try {
        await writeFile(aside, `${JSON.stringify(completion)}\n`);
        await rename(aside, path);
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },
  };
}
