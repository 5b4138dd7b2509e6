import type { BatchLedger } from "../ports/batch-ledger.js";
import { claimingBatches } from "./ledger/claiming.js";
import { keyFailures } from "./ledger/failures.js";
import { recording } from "./ledger/recording.js";
import { reserving } from "./ledger/reserving.js";
import { ledgerAfterCrash, ledgerShared } from "./ledger/surviving.js";
import { batchTokens } from "./ledger/tokens.js";
import { runSuite } from "./run-suite.js";
import type { ContractOptions, ContractRunner } from "./runner.js";

/** Tries every promise of `BatchLedger`, each with a fresh ledger. */
export function batchLedgerContract(runner: ContractRunner, options: ContractOptions<BatchLedger>): void {
  const groups = [
    reserving,
    claimingBatches,
    batchTokens,
    recording,
    keyFailures,
    ledgerAfterCrash,
    ledgerShared,
  ];
  runSuite(runner, "BatchLedger", groups, options);
}
