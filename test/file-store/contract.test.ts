import { rmSync } from "node:fs";
import { fileStore } from "@gro/file-store";
import { durableStoreContract } from "@gro/queue/contract";
import { describe, it } from "vitest";
import { temporaryFolder } from "./support/temporary-folder.js";

durableStoreContract(
  { describe, it },
  {
    name: "fileStore",
    async createStore({ clock, randomId }) {
      const folder = temporaryFolder();
      // Files so small that the journal is sealed and compacted all the time.
      const open = () => fileStore(folder, { clock, randomId, segmentBytes: 4096 });
      const stores = [open()];
      const openAnother = async () => {
        const another = open();
        stores.push(another);
        return another;
      };
      const store = await openAnother();
      return {
        ...{ store, reopen: openAnother, another: openAnother },
        async dispose() {
          for (const opened of stores) await opened.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
  },
);
