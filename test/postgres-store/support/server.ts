import { spawn, type ChildProcess } from "node:child_process";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { freePort } from "../../support/free-port.js";
import { binaries, type ServerVersion } from "./binaries.js";

export const USER = "gro";
export const PASSWORD = "s3cret-of-the-tests";

/** A PostgreSQL of its own, in a temporary directory. */
export interface Server {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** `fast` lets it write what it has in memory; `immediate` ends it as a crash would. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** Stops it and removes everything. */
  dispose(): Promise<void>;
}

export interface ServerOptions {
  /** Whether what is committed survives a loss of power; without it tests are quick. @default false */
  readonly isDurable?: boolean | undefined;
  /** Of those that the store knows. @default "newest" */
  readonly version?: ServerVersion | undefined;
  /** More of `name=value`. */
  readonly settings?: readonly string[] | undefined;
}

const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

export async function startServer({
  isDurable = false,
  version = "newest",
  settings = [],
}: ServerOptions = {}): Promise<Server> {
  const { initdb, postgres, owner, dispose } = await binaries(version);
  const folder = await mkdtemp(join(tmpdir(), "gro-postgresql-data-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, `${PASSWORD}\n`);
  if (owner !== undefined) {
    for (const path of [folder, passwordFile]) await chown(path, owner.uid, owner.gid);
  }
  const environment = { ...process.env, LC_ALL: "C", HOME: folder };
  const made = spawn(
    initdb,
    [
      ...[`--pgdata=${data}`, `--username=${USER}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
      ...["--encoding=UTF8", "--locale=C", "--no-sync"],
    ],
    { ...owner, cwd: folder, env: environment, stdio: ["ignore", "ignore", "pipe"] },
  );
  let complaint = "";
  made.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(made, "close")) as [number];
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${complaint}`);

  const port = await freePort();
  const options = [
    ...["listen_addresses=127.0.0.1", "unix_socket_directories=", `port=${port}`, "max_connections=200"],
    ...(isDurable ? [] : ["fsync=off", "full_page_writes=off"]),
    ...settings,
  ];
  let running: ChildProcess | undefined;
  // A test process that dies must not leave it behind.
  const endIt = () => running?.kill("SIGQUIT");
  process.once("exit", endIt);

  async function start(): Promise<void> {
    const words = options.flatMap((setting) => ["-c", setting]);
    const child = spawn(postgres, ["-D", data, ...words], {
      ...owner,
      cwd: folder,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    running = child;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-4_000);
        if (log.includes("ready to accept connections")) resolve();
      });
      child.once("exit", () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    });
  }

  async function stop(mode: "fast" | "immediate"): Promise<void> {
    const child = running;
    running = undefined;
    if (child?.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(SIGNALS[mode]);
    await ended;
  }

  await start();
  return {
    url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`,
    ...{ port, start, stop },
    async dispose() {
      await stop("immediate");
      process.off("exit", endIt);
      await rm(folder, { recursive: true, force: true });
      await dispose();
    },
  };
}
