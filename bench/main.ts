import { batchScale } from "./batch-scale.js";
import { chunking } from "./chunking.js";
import { counting } from "./counting.js";
import { edits } from "./edits.js";
import { eventLoop } from "./event-loop.js";
import { printTable } from "./print-table.js";
import { fileStoreBenchmark } from "./file-store.js";
import { freshProcess } from "./fresh-process.js";
import { growth } from "./growth.js";
import { hostile } from "./hostile.js";
import { rouge } from "./rouge/benchmark.js";
import { postgresStoreBenchmark } from "./postgres-store.js";
import type { Benchmark } from "./row.js";
import { schedule } from "./schedule.js";
import { tokensSent } from "./tokens-sent.js";
import { wholeBook } from "./whole-book.js";

/** `npm run bench [name…]`: all benchmarks, or those named. Ends with 1 when a limit is missed. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  counting,
  "fresh-process": freshProcess,
  chunking,
  growth,
  hostile,
  "event-loop": eventLoop,
  schedule,
  "tokens-sent": tokensSent,
  edits,
  rouge,
  "whole-book": wholeBook,
  "file-store": fileStoreBenchmark,
  "postgres-store": postgresStoreBenchmark,
  "batch-scale": batchScale,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.`);
  process.exit(2);
}

for (const [name, { title, skipReason, run }] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (skipReason !== undefined) {
    console.log(`\n${title}${skipReason}`);
    continue;
  }
  const rows = await run();
  printTable(title, rows);
  if (rows.some(({ limit }) => limit?.holds === false)) process.exitCode = 1;
}
