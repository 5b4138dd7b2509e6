import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { QueueScene } from "./queue-scene.js";
import { isAlive } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";
import { script, startWatched } from "./watched-worker.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

/** The init of a container may take a while to bury what has been left to it. */
const REAPED = { timeout: 10_000 };

/** The process that the worker's program has started and told of; it is gone at the end of the test. */
async function startedBy(named: (name: string) => unknown[]): Promise<number> {
  const numbers = () =>
    named("said").flatMap((said) => {
      const [, number] = /"child (\d+)"/u.exec(JSON.stringify(said)) ?? [];
      return number === undefined ? [] : Number(number);
    });
  await expect.poll(() => numbers().length).toBeGreaterThan(0);
  const [pid = NaN] = numbers();
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

/** Starts a process that has the worker's pipes and heeds nothing, tells its number, and goes on with the rest. */
function startsAnother(rest: string, options = {}): readonly string[] {
  const given = JSON.stringify({ stdio: "inherit", ...options });
  return script(`
    const child = require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => undefined, 120000)"], ${given});
    console.error("child " + child.pid);
    ${rest}
  `);
}
const HANGS = "setInterval(() => undefined, 1000);";

describe.skipIf(process.platform === "win32")("a worker that has started processes", () => {
  it("is killed with them when it does not stop in time, as a worker behind npx", async () => {
    const { worker, named } = startWatched(scene, { program: startsAnother(HANGS), stopWithinMs: 50 });
    const child = await startedBy(named);
    // One that hangs hears of no signal but this one.
    process.kill(child, "SIGSTOP");
    await worker.stop();
    await expect.poll(() => isAlive(child), REAPED).toBe(false);
    expect(named("died")).toEqual([]);
  });

  it("has died when it exits, though another one holds its pipes; and that one goes with it", async () => {
    const last = `console.error("There is no disk."); process.exitCode = 1; child.unref();`;
    const { worker, named } = startWatched(scene, {
      ...{ program: startsAnother(last), firstWaitMs: 1, mostDeaths: 2 },
    });
    const child = await startedBy(named);
    expect(await worker.ended).toMatchObject({ kind: "gave-up" });
    expect(named("died")).toMatchObject([
      { exitCode: 1, lastWords: "There is no disk.", restartInMs: 1 },
      { exitCode: 1, lastWords: "There is no disk.", restartInMs: null },
    ]);
    await expect.poll(() => isAlive(child), REAPED).toBe(false);
  });

  it.each([
    ["hangs", HANGS],
    ["ends in order", "process.stdin.resume().on('end', () => process.exit(0));"],
  ])("that %s stops in time, though one that has left its group holds its pipes", async (_how, rest) => {
    const program = startsAnother(rest, { detached: true });
    const { worker, named } = startWatched(scene, { program, stopWithinMs: 50 });
    const child = await startedBy(named);
    await worker.stop();
    expect(await worker.ended).toEqual({ kind: "stopped" });
    // It was not waited for.
    expect(isAlive(child)).toBe(true);
    expect(worker.pid).toBeUndefined();
  });
});
