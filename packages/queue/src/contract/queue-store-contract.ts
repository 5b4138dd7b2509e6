import type { QueueStore } from "../ports/queue-store.js";
import { claiming } from "./queue/claiming.js";
import { crash } from "./queue/crash.js";
import { deadLetters } from "./queue/dead-letters.js";
import { enqueueing } from "./queue/enqueueing.js";
import { finishing } from "./queue/finishing.js";
import { keeping } from "./queue/keeping.js";
import { queuedAgain } from "./queue/queued-again.js";
import { sharing } from "./queue/sharing.js";
import { stats } from "./queue/stats.js";
import { tokens } from "./queue/tokens.js";
import { waiting } from "./queue/waiting.js";
import { runSuite } from "./run-suite.js";
import type { ContractOptions, ContractRunner } from "./runner.js";

/** Tries every promise of `QueueStore`, each with a fresh store. */
export function queueStoreContract(runner: ContractRunner, options: ContractOptions<QueueStore>): void {
  const groups = [
    enqueueing,
    keeping,
    claiming,
    tokens,
    finishing,
    queuedAgain,
    waiting,
    deadLetters,
    stats,
    crash,
    sharing,
  ];
  runSuite(runner, "QueueStore", groups, options);
}
