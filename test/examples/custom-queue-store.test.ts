import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { queueStoreContract } from "@gro/queue/contract";
import { check, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { sqliteQueue } from "../../examples/custom-queue-store/sqlite-queue.js";
import { runProcess } from "../cli/spawned.js";

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const source = fileOf("../../examples/custom-queue-store/sqlite-queue.ts");
const main = fileOf("../../examples/custom-queue-store/main.ts");
const claimsAll = fileOf("./programs/claims-all.ts");

it("a queue in SQLite fits in 60 lines, as Prettier writes them", async () => {
  const code = await readFile(source, "utf8");
  expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  expect(await check(code, { ...(await resolveConfig(source)), filepath: source })).toBe(true);
});

queueStoreContract(
  { describe, it },
  {
    name: "a queue in SQLite",
    async createStore(environment) {
      const folder = await mkdtemp(join(tmpdir(), "gro-sqlite-"));
      const open = async () => sqliteQueue(join(folder, "queue.db"), environment);
      return {
        store: await open(),
        reopen: open,
        another: open,
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  },
);

describe("a queue in SQLite between processes", () => {
  it("gives each of 200 items to one of three processes that claim at the same time", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "gro-sqlite-")), "queue.db");
    const pageIds = Array.from({ length: 200 }, (_, index) => `pg_${index}`);
    await sqliteQueue(path).enqueue(pageIds.map((pageId) => ({ pageId, contentHash: "hash" })));
    const ended = await Promise.all([1, 2, 3].map(() => runProcess(claimsAll, [path])));
    expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 3 }, () => ({ code: 0, stderr: "" })),
    );
    const claimed = ended.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line !== ""));
    expect(claimed.sort()).toEqual([...pageIds].sort());
    await rm(dirname(path), { recursive: true });
  });
});

describe("examples/custom-queue-store", () => {
  it("has its pages summarized by a worker that knows nothing of SQLite", async () => {
    const { code, stdout, stderr } = await runProcess(main, []);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('the queue: {"ready":3,"waiting":0,"claimed":0,"dead":0');
    expect(stdout).toContain('the queue: {"ready":0,"waiting":0,"claimed":0,"dead":0,"oldestQueuedAt":null}');
    expect(stdout.match(/: \d+ → \d+ tokens$/gmu)).toHaveLength(3);
    expect(stdout).not.toContain("no summary");
    const [folder = ""] = stdout.split("\n");
    await rm(folder, { recursive: true });
  });
});
