import type { DurableStore } from "@gro/queue";
import {
  batchLedgerContract,
  durableStoreContract,
  memoContract,
  pageStoreContract,
  queueStoreContract,
} from "@gro/queue/contract";
import { onlyBelow } from "./contract-cases.js";
import { findsMistakes } from "./finds-mistakes.js";
import { forgetfulLedgers, ledgerMistakes } from "./mistakes/ledger.js";
import { forgetfulMemos, memoMistakes } from "./mistakes/memo.js";
import { forgetfulPages, pageMistakes } from "./mistakes/pages.js";
import { intakeMistakes } from "./mistakes/queue-intake.js";
import { forgetfulQueues, queueMistakes } from "./mistakes/queue.js";
import { queuedAgainMistakes } from "./mistakes/queued-again.js";
import { forgetfulStores, mixedUp } from "./mistakes/together.js";

findsMistakes(
  "queueStoreContract",
  queueStoreContract,
  ({ queue }) => queue,
  [...intakeMistakes, ...queueMistakes, ...queuedAgainMistakes],
  forgetfulQueues,
);
findsMistakes("pageStoreContract", pageStoreContract, ({ pages }) => pages, pageMistakes, forgetfulPages);
findsMistakes("memoContract", memoContract, ({ memo }) => memo, memoMistakes, forgetfulMemos);
findsMistakes(
  "batchLedgerContract",
  batchLedgerContract,
  ({ ledger }) => ledger,
  ledgerMistakes,
  forgetfulLedgers,
);
findsMistakes(
  "durableStoreContract",
  (runner, options) => durableStoreContract(onlyBelow("all parts together", runner), options),
  (store: DurableStore) => store,
  mixedUp,
  forgetfulStores,
);
