import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./command.js";

/** The folder of the whole repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm publish` would send away. */
export interface Tarball {
  /** The package's name. */
  readonly name: string;
  /** Where the tarball lies. */
  readonly path: string;
  readonly bytes: number;
  /** The paths in it. */
  readonly files: readonly string[];
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** A new folder outside of the repository, where no file of ours is found by accident. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "gro-packages-"));
}

/** Packs every workspace into `folder`. */
export async function pack(folder: string): Promise<Tarball[]> {
  const args = ["pack", "--workspaces", "--json", "--ignore-scripts", "--pack-destination", folder];
  const reports = JSON.parse(await run("npm", args, root)) as readonly PackReport[];
  return reports.map(({ name, filename, size, files }) => ({
    name,
    path: join(folder, filename),
    bytes: size,
    files: files.map((file) => file.path),
  }));
}

/** Installs the tarballs into `folder` as a user's project would; other packages come from npm's cache or registry. */
export async function install(folder: string, tarballs: readonly Tarball[]): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  const options = ["--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...options, ...tarballs.map((tarball) => tarball.path)], folder);
}
