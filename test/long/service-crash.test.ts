import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { install, pack, temporaryFolder } from "../packages/tarball.js";
import { ServiceScene, SYSTEM_PLACE, until, USER_PLACE } from "../support/systemd/service-scene.js";

/** The service is killed while a batch is out. The lease of what it had in hands really ends: half a minute. */
let folder = "";
beforeAll(async () => {
  folder = await temporaryFolder();
  await install(folder, await pack(folder));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ["the system's unit", SYSTEM_PLACE],
  ["a user's unit", USER_PLACE],
])("%s", (_name, place) => {
  let scene: ServiceScene;
  beforeEach(async () => {
    scene = await ServiceScene.open(place, join(folder, "node_modules"));
  });
  afterEach(() => scene.close());

  it("is started again after each of three crashes, and what it had sent is not sent again", async () => {
    scene.writeEnvironment();
    const { supervisor, server, waited } = scene;
    supervisor.start();
    const pageId = scene.enqueue(200);
    await until(() => supervisor.written.stdout.includes('"batchSubmitted"'));
    for (const crash of [1, 2, 3]) {
      process.kill(supervisor.pid ?? NaN, "SIGKILL");
      await until(() => waited.length === crash);
      scene.restart();
      await until(() => supervisor.written.stderr.split("working on").length === crash + 2);
    }
    await scene.summarized(pageId);
    expect(waited).toEqual([15, 15, 15]);
    expect(server.billing.billedTwice).toEqual([]);
    expect(await supervisor.stop()).toEqual({ code: 143, signal: null, verdict: "stopped" });
    expect(supervisor.endings.map(({ verdict }) => verdict)).toEqual([
      "restarted",
      "restarted",
      "restarted",
      "stopped",
    ]);
  });
});
