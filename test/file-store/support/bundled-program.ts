import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../../", import.meta.url);
/** @param name of a package, and of a part of it */
function source(name: string): string {
  const [packageName = "", part = ""] = name.split("/");
  return fileURLToPath(new URL(`packages/${packageName}/src/${part}/index.ts`, root));
}

/** Bundles a program of the tests with the sources of the packages, so that a process starts at once. */
export async function bundledProgram(entry: URL, outfile: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: Object.fromEntries(
      ["file-store", "queue", "summarizer", "summarizer/executor"].map((name) => [
        `@gro/${name}`,
        source(name),
      ]),
    ),
    logLevel: "silent",
  });
  return outfile;
}
