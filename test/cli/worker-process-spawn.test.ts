import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { QueueScene } from "./queue-scene.js";
import { gather, workingDirectory } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";
import { script, startWatched } from "./watched-worker.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

describe("a system that starts no process", () => {
  it("for arguments that are too long: it dies, waits, and gives up, and the host lives", async () => {
    const flags = ["x".repeat(4_000_000)];
    const { worker, named } = startWatched(scene, {
      ...{ program: script(""), flags, firstWaitMs: 1, mostDeaths: 3 },
    });
    expect(await worker.ended).toMatchObject({
      kind: "gave-up",
      reason: expect.stringMatching(
        /died 3 times .*it could not be started: spawn (E2BIG|ENAMETOOLONG)$/u,
      ) as string,
    });
    expect(named("died")).toMatchObject(
      [1, 2, null].map((restartInMs) => ({ exitCode: null, signal: null, pid: null, restartInMs })),
    );
    expect(named("started")).toEqual([]);
    expect(worker.pid).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")(
    "for want of file descriptors: it dies, and is started when there are some again",
    async () => {
      const program = fileURLToPath(new URL("./programs/full-host.ts", import.meta.url));
      const host = spawn(
        "/bin/sh",
        [
          ...["-c", 'ulimit -n 256; exec "$@"', "sh", process.execPath, "--import", "tsx", program],
          ...[scene.queuePath, scene.pagesDir],
        ],
        { cwd: workingDirectory },
      );
      const { written, ended } = gather(host);
      expect(await ended).toEqual({ code: 0, signal: null });
      expect(written.stderr).toBe("");
      expect(written.stdout).toMatch(
        /^died spawn \S+ EMFILE\n(died .*\n)*free\n(died .*\n)*started\nstopped\n$/u,
      );
    },
  );
});
