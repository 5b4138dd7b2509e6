import type { PageStore } from "../ports/page-store.js";
import { reading } from "./pages/reading.js";
import { summaries } from "./pages/summaries.js";
import { pagesAfterCrash, pagesShared } from "./pages/surviving.js";
import { runSuite } from "./run-suite.js";
import type { ContractOptions, ContractRunner } from "./runner.js";

/** Tries every promise of `PageStore`, each with a fresh store. */
export function pageStoreContract(runner: ContractRunner, options: ContractOptions<PageStore>): void {
  runSuite(runner, "PageStore", [reading, summaries, pagesAfterCrash, pagesShared], options);
}
