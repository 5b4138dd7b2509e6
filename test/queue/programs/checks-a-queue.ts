/** A user's test file for Node's own test runner. The queue is broken: it wakes nobody. */
import { describe, it } from "node:test";
import { memoryQueueStore } from "@gro/queue";
import { queueStoreContract } from "@gro/queue/contract";

queueStoreContract(
  { describe, it },
  {
    isDurable: false,
    isShared: false,
    async createStore(environment) {
      const store = memoryQueueStore(environment);
      return { store: { ...store, wake: async () => 0 } };
    },
  },
);
