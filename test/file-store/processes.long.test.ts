import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileStore } from "@gro/file-store";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { LogFile } from "./programs/log-file.js";
import { bundledProgram } from "./support/bundled-program.js";
import { below, seededRandom } from "./support/random.js";
import { temporaryFolder } from "./support/temporary-folder.js";

const HOSTS = ["host-a", "host-b", "host-c", "host-d"];
const WORKERS = ["worker-a", "worker-b", "worker-c"];

let program: string;
let folder: string;

beforeAll(async () => {
  program = await bundledProgram(
    new URL("./programs/store-process.ts", import.meta.url),
    `${temporaryFolder()}/store-process.mjs`,
  );
});

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  /** `killed` when it was killed; everything else that is not a success rejects. */
  readonly ended: Promise<"done" | "killed">;
}

function run(role: "host" | "worker", name: string, argument: number): Running {
  const child = spawn(process.execPath, [program, role, folder, name, String(argument)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (piece: Buffer) => (complaints += piece.toString()));
  const ended = new Promise<"done" | "killed">((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (code === 0) resolve("done");
      else if (signal === "SIGKILL") resolve("killed");
      else reject(new Error(`${name} ended with ${code ?? signal}: ${complaints}`));
    });
  });
  return { child, ended };
}

const stopWorkers = () => writeFileSync(`${folder}/stop`, "");
const noted = (names: readonly string[], what: string) =>
  names.flatMap((name) => LogFile.read(`${folder}/${name}.${what}`));

function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

async function expectNothingLeft(): Promise<void> {
  await using store = fileStore(`${folder}/store`);
  expect(await store.queue.stats()).toEqual({
    ready: 0,
    waiting: 0,
    claimed: 0,
    dead: 0,
    oldestQueuedAt: null,
  });
}

function filesOfStore(): string[] {
  return readdirSync(`${folder}/store`);
}

test("4 hosts and 3 workers: of 40,000 items none is lost and none is done twice", async () => {
  const workers = WORKERS.map((name) => run("worker", name, 600_000));
  const hosts = HOSTS.map((name) => run("host", name, 10_000));
  await Promise.all(hosts.map(({ ended }) => ended));
  stopWorkers();
  await Promise.all(workers.map(({ ended }) => ended));

  const queued = noted(HOSTS, "queued");
  const done = noted(WORKERS, "done");
  expect(queued).toHaveLength(40_000);
  expect(done).toHaveLength(40_000);
  expect(new Set(done)).toEqual(new Set(queued));
  await expectNothingLeft();
  const numbers = filesOfStore().map((name) => Number(/^journal-(\d+)/u.exec(name)?.[1] ?? 0));
  // How many there are depends on how far the hosts run ahead: a segment grows with what is pending.
  expect(Math.max(...numbers), "segments that were ended").toBeGreaterThan(10);
  const bytes = filesOfStore().reduce((sum, name) => sum + statSync(`${folder}/store/${name}`).size, 0);
  expect(bytes).toBeLessThan(4_000_000);
});

test("the same under 150 kills: what was answered is done, and nothing is finished more often than it was queued", async () => {
  const random = seededRandom(20_261_120);
  let kills = 0;

  /** Runs a process to its end, again and again as long as it is killed. */
  async function persist(role: "host" | "worker", name: string, argument: number): Promise<void> {
    for (;;) {
      const { child, ended } = run(role, name, argument);
      const timer =
        kills < 150 ? setTimeout(() => child.kill("SIGKILL"), 80 + below(random, 500)) : undefined;
      const end = await ended;
      clearTimeout(timer);
      if (end === "done") return;
      kills += 1;
    }
  }

  const workers = WORKERS.map((name) => persist("worker", name, 1_000));
  await Promise.all(HOSTS.map((name) => persist("host", name, 10_000)));
  while (kills < 150) await sleep(50);
  stopWorkers();
  await Promise.all(workers);

  const asked = countsOf(noted(HOSTS, "asked"));
  const queued = new Set(noted(HOSTS, "queued"));
  const tried = new Set(noted(WORKERS, "tried"));
  const done = countsOf(noted(WORKERS, "done"));
  expect(queued.size).toBe(40_000);
  expect([...queued].filter((id) => !tried.has(id))).toEqual([]);
  expect([...done].filter(([id, count]) => count > (asked.get(id) ?? 0))).toEqual([]);
  await expectNothingLeft();
});
