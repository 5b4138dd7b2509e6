import type { Memo } from "@gro/summarizer";
import { remembering, rememberingLonger } from "./memo/cases.js";
import { runSuite } from "./run-suite.js";
import type { ContractOptions, ContractRunner } from "./runner.js";

/** Tries every promise of `Memo`, each with a fresh one. */
export function memoContract(runner: ContractRunner, options: ContractOptions<Memo>): void {
  runSuite(runner, "Memo", [remembering, rememberingLonger], options);
}
