import { codeOf } from "./reason-of.js";

/** What Node says of a package that is not there, to `import` and to `require`. */
const NOT_FOUND = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

/**
 * Imports a package when it is needed.
 * @param names The package and what it needs beside it, for the message when one of them is not there.
 */
export async function loadPackage<Module>(
  load: () => Promise<Module>,
  names: readonly string[],
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!NOT_FOUND.has(codeOf(error) ?? "")) throw error;
    throw new Error(`A package is missing. Install it with: npm install ${names.join(" ")}`, {
      cause: error,
    });
  }
}
