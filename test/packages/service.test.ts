import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { ServiceScene, SYSTEM_PLACE, until, USER_PLACE } from "../support/systemd/service-scene.js";
import { root } from "./tarball.js";

const installed = join(inject("consumerFolder"), "node_modules");

function analyzerIsThere(): boolean {
  try {
    execFileSync("systemd-analyze", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
const isAnalyzed = analyzerIsThere();
const note = isAnalyzed ? "" : " (skipped: no systemd-analyze on this machine)";

/** What `systemd-analyze verify` says about a unit, whatever its exit code. */
function verify(folder: string, unit: string, isUsers: boolean): string {
  const copy = join(folder, "gro-summarizer.service");
  writeFileSync(copy, unit);
  const scope = isUsers ? ["--user"] : [];
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder };
  const script = 'systemd-analyze "$@" 2>&1 || echo failed';
  return execFileSync("/bin/sh", ["-c", script, "sh", ...scope, "verify", "--man=no", copy], {
    env,
    encoding: "utf8",
  });
}

describe.each([
  ["the system's unit", SYSTEM_PLACE],
  ["a user's unit", USER_PLACE],
])("%s", (_name, place) => {
  let scene: ServiceScene;
  beforeEach(async () => {
    scene = await ServiceScene.open(place, installed);
  });
  afterEach(() => scene.close());

  it.skipIf(!isAnalyzed)(`passes systemd-analyze verify${note}`, () => {
    // Where the program really is: it looks whether there is one.
    const program = /(?<==)\S+\/node_modules/gu;
    const unit = readFileSync(place.unit, "utf8").replaceAll(program, installed);
    const isUsers = place === USER_PLACE;
    expect(verify(scene.folder, unit, isUsers)).toBe("");
    // It does find what is wrong.
    expect(verify(scene.folder, unit.replace("RestartSec=", "RestartSek="), isUsers)).toContain("RestartSek");
    expect(verify(scene.folder, readFileSync(place.unit, "utf8"), isUsers)).toContain("not executable");
  });

  it("starts, summarizes, and ends in order upon the signal of a stop", async () => {
    scene.writeEnvironment();
    const { supervisor, server } = scene;
    supervisor.start();
    // It makes the directories, for itself alone: whoever enqueues earlier makes them as his own umask says.
    await until(() => supervisor.written.stderr.includes("working on"));
    const pageId = scene.enqueue(200);
    await until(() => server.batches.jobs.length > 0);
    const { batches } = JSON.parse(scene.run(["status", "--json"])) as { batches: unknown[] };
    expect(batches).toHaveLength(1);
    expect(await supervisor.stop()).toEqual({ code: 143, signal: null, verdict: "stopped" });
    expect(supervisor.settings.cleanCodes.has(143)).toBe(true);
    expect(scene.hasSummary(pageId)).toBe(false);

    // Another version could stand in the same place now. It finds the batch that is out.
    supervisor.start();
    await scene.summarized(pageId);
    expect(await supervisor.stop()).toEqual({ code: 143, signal: null, verdict: "stopped" });
    expect(server.billing.billedTwice).toEqual([]);

    const { stdout, stderr } = supervisor.written;
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(expect.arrayContaining(["batchSubmitted", "batchCollected", "itemSummarized"]));
    expect(stdout + stderr).not.toContain(server.key);
    expect(stdout + stderr).not.toContain("lighthouse");
    // Nobody else on the machine reads what is there.
    for (const path of [scene.state, join(scene.state, "queue"), join(scene.state, "pages")]) {
      expect(statSync(path).mode & 0o7).toBe(0);
    }
  });

  it("is started again after a crash", async () => {
    scene.writeEnvironment();
    const { supervisor, waited } = scene;
    supervisor.start();
    await until(() => supervisor.written.stderr.includes("working on"));
    process.kill(supervisor.pid ?? NaN, "SIGKILL");
    await until(() => waited.length === 1);
    expect(waited).toEqual([15]);
    expect(supervisor.endings).toEqual([{ code: null, signal: "SIGKILL", verdict: "restarted" }]);
    const pageId = scene.enqueue(50);
    scene.restart();
    await scene.summarized(pageId);
  });

  it("is started again while its store cannot be used, and works once that is mended", async () => {
    scene.writeEnvironment();
    mkdirSync(scene.state, { recursive: true });
    writeFileSync(join(scene.state, "queue"), "a file where a directory should be");
    const { supervisor, waited } = scene;
    supervisor.start();
    await until(() => waited.length === 1);
    scene.restart();
    await until(() => waited.length === 2);
    rmSync(join(scene.state, "queue"));
    scene.restart();
    await scene.summarized(scene.enqueue(50));
    await supervisor.stop();
    expect(supervisor.endings.map(({ code }) => code)).toEqual([1, 1, 143]);
    expect(supervisor.written.stderr).toContain(`${scene.state}/queue`);
  });

  it.each([
    ["without a key", { ANTHROPIC_API_KEY: "" }, 4, "ANTHROPIC_API_KEY"],
    ["with a provider that is none", { PROVIDER: "nobody" }, 2, "nobody"],
    ["with a number that is none", { POLL_INTERVAL: "soon" }, 2, "soon"],
  ])("ends for good %s, and says why", async (_what, variables, code, reason) => {
    scene.writeEnvironment(variables);
    const { supervisor } = scene;
    supervisor.start();
    await supervisor.ended();
    expect(supervisor.endings).toEqual([{ code, signal: null, verdict: "failed" }]);
    expect(supervisor.written.stderr).toContain(reason);
    expect(scene.waited).toEqual([]);
  });

  it("does not start without its environment file", () => {
    expect(() => scene.supervisor.start()).toThrow(scene.environmentFile);
  });

  it("starts with the example of an environment file, once the key is in it", async () => {
    const { supervisor, server } = scene;
    const example = readFileSync(join(root, "service/worker.env.example"), "utf8");
    const filled = example.replace("ANTHROPIC_API_KEY=", `ANTHROPIC_API_KEY=${server.key}`);
    scene.writeEnvironmentText(`${filled}ANTHROPIC_BASE_URL=${server.url}\n`);
    supervisor.start();
    await until(() => supervisor.written.stderr.includes("working on"));
    expect(await supervisor.stop()).toEqual({ code: 143, signal: null, verdict: "stopped" });
  });
});
