import type { DurableStore } from "../ports/durable-store.js";
import { batchLedgerContract } from "./batch-ledger-contract.js";
import { together } from "./durable/together.js";
import { memoContract } from "./memo-contract.js";
import { pageStoreContract } from "./page-store-contract.js";
import { queueStoreContract } from "./queue-store-contract.js";
import { runSuite } from "./run-suite.js";
import type { ContractEnvironment, ContractOptions, ContractRunner, StoreUnderTest } from "./runner.js";

/** Tries the four parts of a store by their own contracts, and then together: a whole life of pages, crashes, two instances. */
export function durableStoreContract(runner: ContractRunner, options: ContractOptions<DurableStore>): void {
  const { name = "DurableStore", ...rest } = options;
  runner.describe(name, () => {
    queueStoreContract(
      runner,
      partOf(rest, ({ queue }) => queue),
    );
    pageStoreContract(
      runner,
      partOf(rest, ({ pages }) => pages),
    );
    memoContract(
      runner,
      partOf(rest, ({ memo }) => memo),
    );
    batchLedgerContract(
      runner,
      partOf(rest, ({ ledger }) => ledger),
    );
    runSuite(runner, "DurableStore", [together], rest);
  });
}

function partOf<Part>(
  options: ContractOptions<DurableStore>,
  pick: (store: DurableStore) => Part,
): ContractOptions<Part> {
  const createStore = async (environment: ContractEnvironment): Promise<StoreUnderTest<Part>> => {
    const { store, reopen, another, ...rest } = await options.createStore(environment);
    return {
      ...rest,
      store: pick(store),
      reopen: reopen && (async () => pick(await reopen())),
      another: another && (async () => pick(await another())),
    };
  };
  return { ...options, createStore };
}
