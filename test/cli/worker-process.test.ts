import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startWorkerProcess, type WorkerProcessOptions } from "@gro/cli";
import { virtualClock } from "@gro/summarizer/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { input, sentences } from "./program.js";
import { lines, QueueScene } from "./queue-scene.js";
import { gather, isAlive, realProgram, startProcess } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";
import { script, startWatched } from "./watched-worker.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

/** Says what it was given, as an event of its own, and lives until its input ends. */
const TELLS = `
  const at = new Date().toISOString();
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: url } = process.env;
  console.log(JSON.stringify({ event: "given", at, args: process.argv.slice(1), execArgv: process.execArgv, key, url }));
  console.error("gro-summarizer: the key is " + key);
  process.stdin.resume().on("end", () => process.exit(0));
`;
const DIES = `console.error("gro-summarizer: there is no disk."); process.exit(1);`;
const NEVER_STOPS = `process.stdin.resume(); console.log("{}"); setInterval(() => undefined, 1000);`;

const start = (options?: Partial<WorkerProcessOptions>) => startWatched(scene, options);

/** What a host without types may give. */
function untyped(options: Readonly<Partial<Record<keyof WorkerProcessOptions, unknown>>>) {
  return options as Partial<WorkerProcessOptions>;
}

describe("a worker in a process of its own", () => {
  it("gets its key and address by its environment, and nobody sees them in its arguments or its words", async () => {
    const key = "sk-ant-very-secret-0123456789";
    const { worker, named } = start({
      ...{ program: script(TELLS), provider: "anthropic", apiKey: key, baseUrl: "http://localhost:9/v1" },
      ...{ model: "claude-haiku-4-5", batchSize: 7, flags: ["--reasoning-tokens", "9"] },
    });
    await expect.poll(() => named("worker").length).toBe(1);
    await expect.poll(() => named("said")).toEqual([{ text: "the key is [key]" }]);
    const [given] = named("worker");
    expect(given).toMatchObject({
      event: "given",
      key,
      url: "http://localhost:9/v1",
      args: [
        `--queue-path=${scene.queuePath}`,
        `--pages-dir=${scene.pagesDir}`,
        ...["--provider=anthropic", "--model=claude-haiku-4-5", "--batch-size=7"],
        ...["--reasoning-tokens", "9", "--json", "--until-stdin-ends"],
      ],
    });
    const { pid = 0 } = worker;
    if (process.platform === "linux") {
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain("secret");
    }
    await worker.stop();
    expect(await worker.ended).toEqual({ kind: "stopped" });
    expect(isAlive(pid)).toBe(false);
    expect(named("died")).toEqual([]);
  });

  it("shows no key that comes by its environment either", async () => {
    const environment = { ...process.env, ANTHROPIC_API_KEY: "sk-ant-very-secret-0123456789" };
    const { named } = start({ program: script(TELLS), environment });
    await expect.poll(() => named("said")).toEqual([{ text: "the key is [key]" }]);
  });

  it("is started again when it is killed", async () => {
    const { worker, named } = start({ program: script(TELLS), firstWaitMs: 1, steadyAfterMs: 1 });
    for (let round = 1; round <= 4; round += 1) {
      await expect.poll(() => named("worker").length).toBe(round);
      process.kill(worker.pid ?? 0, "SIGKILL");
      await expect.poll(() => named("died").length).toBe(round);
    }
    expect(named("died")[0]).toMatchObject({ signal: "SIGKILL", exitCode: null, restartInMs: 1 });
    await expect.poll(() => named("worker").length).toBe(5);
  });

  it("waits twice as long with each death in a row, and gives up with the last words", async () => {
    const clock = virtualClock();
    const { worker, told, named } = start({
      ...{ program: script(DIES), clock, firstWaitMs: 100, longestWaitMs: 300, mostDeaths: 5 },
    });
    for (let death = 1; death < 5; death += 1) {
      await expect.poll(() => clock.sleeping).toBe(1);
      expect(named("started")).toHaveLength(death);
      await clock.advance(300);
    }
    const reason =
      "The worker process died 5 times in a row within 60000 ms of its start, last with exit code 1: there is no disk.";
    expect(await worker.ended).toEqual({ kind: "gave-up", reason });
    expect(named("died")).toMatchObject(
      [100, 200, 300, 300, null].map((restartInMs) => ({
        exitCode: 1,
        lastWords: "there is no disk.",
        restartInMs,
      })),
    );
    expect(told.at(-1)).toEqual({ name: "gaveUp", event: { reason } });
    await clock.advance(1_000_000);
    expect(named("started")).toHaveLength(5);
    await worker.stop();
  });

  it.each([
    [2, "its settings are wrong"],
    [4, "it has no key"],
  ])("is not started again after exit code %i: %s", async (code, why) => {
    const { worker, named } = start({ program: script(`console.error("Mend it."); process.exit(${code})`) });
    const reason = `The worker process has ended, as ${why} (exit code ${code}: Mend it.)`;
    expect(await worker.ended).toEqual({ kind: "gave-up", reason });
    expect(named("started")).toHaveLength(1);
  });

  it("that cannot be started is bounded and clear, too", async () => {
    const program = [join(scene.folder, "no-such-program")];
    const { worker, named } = start({ program, firstWaitMs: 1, mostDeaths: 3 });
    expect(await worker.ended).toMatchObject({
      reason: expect.stringMatching(
        /died 3 times .*it could not be started: spawn .*no-such-program ENOENT/u,
      ) as string,
    });
    expect(named("started")).toEqual([]);
  });

  it("is killed when it does not stop in time, and while it waits for a restart stopping is at once", async () => {
    const { worker, named } = start({ program: script(NEVER_STOPS), stopWithinMs: 50 });
    await expect.poll(() => worker.pid).toBeTypeOf("number");
    const pid = worker.pid ?? 0;
    await worker.stop();
    expect(isAlive(pid)).toBe(false);
    expect(named("stopped")).toHaveLength(1);

    const waiting = start({ program: script(DIES), firstWaitMs: 600_000, longestWaitMs: 600_000 });
    await expect.poll(() => waiting.named("died").length).toBe(1);
    await waiting.worker.stop();
    expect(await waiting.worker.ended).toEqual({ kind: "stopped" });
  });

  it("stops when its signal aborts, also before it has begun", async () => {
    const stop = new AbortController();
    const { worker } = start({ program: script(TELLS), signal: stop.signal });
    await expect.poll(() => worker.pid).toBeTypeOf("number");
    stop.abort();
    expect(await worker.ended).toEqual({ kind: "stopped" });
    const { worker: never, named } = start({ program: script(TELLS), signal: stop.signal });
    expect(await never.ended).toEqual({ kind: "stopped" });
    expect(named("started")).toEqual([]);
  });

  it("may be listened to by a host that throws, and may say what it likes", async () => {
    const source = `process.stdout.write("no JSON\\n[1]\\n" + "x".repeat(3e6)); ${TELLS}`;
    const { worker, named } = start({ program: script(source) });
    worker.events.on("worker", () => {
      throw new Error("the host's own");
    });
    await expect.poll(() => named("said").length).toBe(1);
    expect(worker.pid).toBeTypeOf("number");
  });

  it.each<readonly [string, Partial<WorkerProcessOptions>]>([
    ["queuePath", { queuePath: "" }],
    ["pagesDir", { pagesDir: "a\0b" }],
    ["provider", { apiKey: "sk-ant-secret" }],
    ["provider", { apiKey: "sk-ant-secret", provider: "local" }],
    ["provider", { baseUrl: "http://localhost" }],
    ["flags", { flags: ["--api-key=sk-ant-secret"] }],
    ["flags", { flags: ["--api-key", "sk-ant-secret"] }],
    ["mostDeaths", { mostDeaths: 0 }],
    ["firstWaitMs", { firstWaitMs: -1 }],
    ["stopWithinMs", { stopWithinMs: 2 ** 40 }],
    ["program", { program: [] }],
    ["program", { program: ["node", "a\0b"] }],
    ["program", untyped({ program: "node" })],
    ["provider", { provider: "nobody" }],
    ["model", { model: "a\0b" }],
    ["model", untyped({ model: 5 })],
    ["apiKey", { apiKey: "sk-ant-secret\0", provider: "anthropic" }],
    ["apiKey", { apiKey: "sk-ant-secret\nsk-ant-secret", provider: "anthropic" }],
    ["apiKey", untyped({ apiKey: { secret: 1 }, provider: "anthropic" })],
    ["baseUrl", { baseUrl: "http://ada:secret@localhost", provider: "anthropic" }],
    ["baseUrl", { baseUrl: "localhost\0", provider: "anthropic" }],
    ["flags", { flags: ["sk-ant-secret\0"] }],
    ["flags", untyped({ flags: ["--poll-interval", 5] })],
    ["flags", untyped({ flags: "--drain" })],
    ["environment.ANTHROPIC_API_KEY", { environment: { ANTHROPIC_API_KEY: "sk-ant-secret\0" } }],
    ["environment.COUNT", untyped({ environment: { COUNT: 5 } })],
    ["environment", { environment: { "secret\0": "1" } }],
    ["environment", untyped({ environment: null })],
    ["pollIntervalMs", { pollIntervalMs: 0 }],
    ["batchPollIntervalMs", { batchPollIntervalMs: 1.5 }],
    ["batchSize", { batchSize: 0 }],
    ["orphanGraceMs", { orphanGraceMs: -1 }],
    ["signal", untyped({ signal: {} })],
    ["clock", untyped({ clock: {} })],
  ])("checks %s, and shows no key", (option, given) => {
    const wrong = () =>
      startWorkerProcess({ queuePath: scene.queuePath, pagesDir: scene.pagesDir, ...given });
    expect(wrong).toThrow(expect.objectContaining({ code: "invalid_option", option }) as Error);
    expect(wrong).not.toThrow("secret");
  });
});

describe("the real worker", () => {
  const program = [process.execPath, "--import", "tsx", realProgram, "worker"];

  it("summarizes what is queued, tells its events, and ends when its host is killed with SIGKILL", async () => {
    const { stdout } = await scene.enqueue([scene.file("a.txt", sentences(200)), "--target-tokens", "60"]);
    const [pageId = ""] = lines(stdout);
    const host = startProcess(new URL("./programs/worker-parent.ts", import.meta.url).pathname, [
      scene.queuePath,
      scene.pagesDir,
      ...program,
    ]);
    const { written, ended } = gather(host);
    await expect.poll(() => scene.page(pageId)["summary"], { timeout: 30_000 }).toBeTypeOf("string");
    const pid = Number(/^started (\d+)$/mu.exec(written.stdout)?.[1]);
    expect(isAlive(pid)).toBe(true);
    host.kill("SIGKILL");
    await ended;
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});

it("--until-stdin-ends: a worker whose input has ended stops in order, with 0", async () => {
  const [pageId = ""] = lines((await scene.enqueue([scene.file("a.txt", sentences(20))])).stdout);
  const { code, stderr } = await scene.worker(["--until-stdin-ends"], { stdin: input("") });
  expect(code).toBe(0);
  expect(stderr).toMatch(/standard input has ended: stopped\.\n$/u);
  expect((await scene.claims()).map(({ item }) => item.pageId)).toEqual([pageId]);
});
