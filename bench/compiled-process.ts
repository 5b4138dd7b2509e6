import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Compiles a script of this folder, with the packages' sources, to what users have of them: a compiler in the process, and what it wraps
 * functions in, would be measured as well.
 *
 * @returns its path
 */
export async function compileProcess(name: string): Promise<string> {
  const outfile = join(ROOT, `node_modules/.cache/gro-bench/${name}.mjs`);
  await build({
    ...{ entryPoints: [join(ROOT, `bench/${name}.ts`)], outfile, tsconfig: join(ROOT, "tsconfig.json") },
    ...{ bundle: true, platform: "node", target: "node20", format: "esm", packages: "external" },
  });
  return outfile;
}

/** Runs a script that prints one JSON object, and answers that. */
export async function figuresOf<Figures>(script: string, ...words: readonly string[]): Promise<Figures> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words]);
  return JSON.parse(stdout) as Figures;
}
