import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { sentences } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { gather, type ProcessVariables } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";

/** The built programs, as processes that are stopped, killed and started together. */
const binary = (name: string) => fileURLToPath(new URL(`../../packages/cli/bin/${name}.js`, import.meta.url));

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

/** Without keys: no test may pay with those of whoever runs it. */
function cleanVariables(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANTHROPIC|OPENAI)_/u.test(name));
  return { ...Object.fromEntries(inherited), QUEUE_PATH: scene.queuePath, PAGES_DIR: scene.pagesDir };
}

function started(name: string, args: readonly string[], variables: ProcessVariables = {}) {
  const child = spawn(process.execPath, [binary(name), ...args], {
    env: { ...cleanVariables(), ...variables },
  });
  return { child, ...gather(child) };
}

async function finished(args: readonly string[], name = "gro-summarizer") {
  const { ended, written } = started(name, args);
  return { ...(await ended), ...written };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Pages of some chunks each. Answers their ids when they are durable. */
async function queued(pages: number, from = 0): Promise<string[]> {
  const files = Array.from({ length: pages }, (_, index) =>
    scene.file(`${from + index}.txt`, `Book ${from + index}. ${sentences(150 + index)}`),
  );
  const { code, stdout } = await finished(["enqueue", ...files, "--target-tokens", "60"]);
  expect(code).toBe(0);
  return lines(stdout);
}

function expectSummaries(pageIds: readonly string[]): void {
  for (const pageId of pageIds) expect(scene.page(pageId)["summary"]).toEqual(expect.any(String));
}

it("enqueue, worker, status: three processes, one after the other", async () => {
  const pageIds = await queued(3);
  expect((await finished(["status"])).stdout).toContain("  3 ready\n");
  const { code, stdout, stderr } = await finished(["worker", "--drain"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("3 pages summarized");
  expectSummaries(pageIds);
  expect((await finished(["status"])).stdout).toContain("  0 ready\n");
});

it("gro-batch-worker is gro-summarizer worker", async () => {
  const pageIds = await queued(1);
  expect((await finished(["--drain"], "gro-batch-worker")).code).toBe(0);
  expectSummaries(pageIds);
  expect((await finished(["--help"], "gro-batch-worker")).stdout).toContain("Usage: gro-summarizer worker");
});

describe.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s", (name, code) => {
  it(`ends a worker that waits with ${code}, at once`, async () => {
    const { child, ended, written } = started("gro-summarizer", ["worker"]);
    await until(() => written.stderr.includes("working on"));
    child.kill(name);
    expect(await ended).toEqual({ code, signal: null });
    expect(written.stderr).toMatch(new RegExp(`stopped by ${name}\\.\\n$`, "u"));
  });

  it(`ends a worker in mid-run with ${code}, and a second one finishes at once`, async () => {
    const pageIds = await queued(40);
    const { child, ended, written } = started("gro-summarizer", ["worker"]);
    await until(() => written.stderr.includes("submitted"));
    child.kill(name);
    expect(await ended).toEqual({ code, signal: null });
    const second = await finished(["worker", "--drain"]);
    expect(second.code).toBe(0);
    // Nothing that the first one had in hands must be waited for.
    expect(second.stderr).not.toContain("the process that ran it is gone");
    expectSummaries(pageIds);
  });
});

it("a worker that is killed loses nothing: the next one goes on when its leases have ended", async () => {
  const pageIds = await queued(40);
  for (const moment of ["submitted", "collected", "summarized"]) {
    const { child, ended, written } = started("gro-summarizer", ["worker", "--orphan-grace", "1000"]);
    await until(() => written.stderr.includes(moment) || child.exitCode !== null);
    child.kill("SIGKILL");
    expect(await ended).toEqual({ code: null, signal: "SIGKILL" });
  }
  expect((await finished(["worker", "--drain", "--orphan-grace", "1000"])).code).toBe(0);
  expectSummaries(pageIds);
});

it("several hosts and workers on one queue do everything once", async () => {
  const workers = [1, 2, 3].map(() =>
    started("gro-summarizer", ["worker", "--json", "--poll-interval", "50"]),
  );
  const hosts = await Promise.all([0, 1, 2, 3].map((host) => queued(25, host * 25)));
  const pageIds = hosts.flat();
  expect(new Set(pageIds).size).toBe(100);
  await until(() =>
    pageIds.every((pageId) => workers.some(({ written }) => isSummarized(written.stdout, pageId))),
  );
  for (const { child } of workers) child.kill("SIGTERM");
  for (const { ended } of workers) expect(await ended).toEqual({ code: 143, signal: null });
  expectSummaries(pageIds);
  const events = workers
    .flatMap(({ written }) => lines(written.stdout))
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.filter(({ event }) => event === "itemSummarized")).toHaveLength(100);
  expect(events.filter(({ event }) => event === "error")).toEqual([]);
});

function isSummarized(stdout: string, pageId: string): boolean {
  return (
    stdout.includes(`"event":"itemSummarized"`) &&
    new RegExp(`"itemSummarized"[^\\n]*"${pageId}"`, "u").test(stdout)
  );
}

/** What the system says of a write that finds no room. A limit of the shell does what a full disk does. */
describe.skipIf(process.platform === "win32")("where there is no room", () => {
  const limited = (kilobytes: number, args: readonly string[]) =>
    spawnSync(
      "bash",
      ["-c", `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, binary("gro-summarizer"), ...args],
      {
        env: cleanVariables(),
        encoding: "utf8",
        timeout: 60_000,
      },
    );

  it("enqueue ends with 1, file and reason, and says nothing is queued that is not", async () => {
    const file = scene.file("a.txt", sentences(200));
    const { status, stdout, stderr } = limited(4, ["enqueue", file]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/Cannot write \S+pg_[0-9a-f]{12}\.json: /u);
    expect((await finished(["status"])).stdout).toContain("  0 ready\n");
    // With room again it goes on.
    expect((await finished(["enqueue", file])).code).toBe(0);
  });

  it("a worker ends with 1, file and reason, and the next one that has room loses nothing", async () => {
    const pageIds = await queued(9);
    const { status, stderr } = limited(16, ["worker", "--orphan-grace", "1000"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/The store stopped writing: \S+journal-000001\.jsonl: /u);
    expect((await finished(["worker", "--drain", "--orphan-grace", "1000"])).code).toBe(0);
    expectSummaries(pageIds);
  });

  it("summarize --memo goes on with one warning", async () => {
    const memo = `${scene.folder}/memo`;
    const args = ["summarize", scene.file("a.txt", sentences(400)), "--memo", memo, "--target-tokens", "60"];
    const { status, stdout, stderr } = limited(2, [
      ...args,
      "--chunk-size",
      "500",
      "--provider",
      "extractive",
    ]);
    expect(status).toBe(0);
    expect(stdout).not.toBe("");
    expect(stderr).toMatch(/^gro-summarizer: warning: The memo did not store a completion[^\n]*\n$/u);
    expect(existsSync(memo)).toBe(true);
  });
});
