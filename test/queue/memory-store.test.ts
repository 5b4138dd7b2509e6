import { memoryStore } from "@gro/queue";
import { durableStoreContract } from "@gro/queue/contract";
import { describe, it } from "vitest";
import { replayedStore } from "./replayed-store.js";

durableStoreContract(
  { describe, it },
  {
    name: "memoryStore",
    isDurable: false,
    async createStore(environment) {
      const store = memoryStore(environment);
      // In memory, whoever shares a store shares the object.
      return { store, another: async () => store };
    },
  },
);

durableStoreContract(
  { describe, it },
  {
    name: "memoryStore with a record of its calls",
    createStore: (environment) => replayedStore(memoryStore, environment),
  },
);
