import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { queueStoreContract } from "@gro/queue/contract";
import { check, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { jsonFileQueue } from "./sixty-line-store.js";

const source = fileURLToPath(new URL("./sixty-line-store.ts", import.meta.url));

it("a queue of one's own fits in 60 lines, as Prettier writes them", async () => {
  const code = await readFile(source, "utf8");
  expect(code.trimEnd().split("\n").length).toBeLessThanOrEqual(60);
  expect(await check(code, { ...(await resolveConfig(source)), filepath: source })).toBe(true);
});

queueStoreContract(
  { describe, it },
  {
    name: "a queue in 60 lines",
    // It keeps its items in memory while it is open, so only one process may open it.
    isShared: false,
    async createStore({ clock, randomId }) {
      const folder = await mkdtemp(join(tmpdir(), "gro-queue-"));
      const open = () => jsonFileQueue(join(folder, "queue.json"), () => clock.now(), randomId);
      return {
        store: open(),
        reopen: async () => open(),
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  },
);
