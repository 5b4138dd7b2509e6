import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, reasonOf } from "./reason-of.js";

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

/** Why a directory cannot be written to, or `undefined`; makes it where it is missing. */
export async function whyUnusable(directory: string): Promise<string | undefined> {
  try {
    await makeDirectory(directory);
    if (!(await stat(directory)).isDirectory()) return "it exists and is not a directory";
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? "it cannot be made" : reasonOf(error);
  }
}
