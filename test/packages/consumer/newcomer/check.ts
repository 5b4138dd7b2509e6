import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { queueStoreContract } from "@gro/queue/contract";
import { oneFileQueue } from "./one-file-queue.js";

queueStoreContract(
  { describe, it },
  {
    name: "my queue",
    async createStore({ clock, randomId }) {
      const folder = await mkdtemp(join(tmpdir(), "my-queue-"));
      const open = async () => oneFileQueue(join(folder, "queue.json"), { clock, randomId });
      return {
        store: await open(),
        reopen: open,
        another: open,
        dispose: () => rm(folder, { recursive: true }),
      };
    },
  },
);
