/**
 * What every store must do, as suites for any test runner: they tell whether a store of your own keeps the promises of its port.
 */
export { queueStoreContract } from "./queue-store-contract.js";
export { pageStoreContract } from "./page-store-contract.js";
export { batchLedgerContract } from "./batch-ledger-contract.js";
export { memoContract } from "./memo-contract.js";
export { durableStoreContract } from "./durable-store-contract.js";
export type { ContractEnvironment, ContractOptions, ContractRunner, StoreUnderTest } from "./runner.js";
