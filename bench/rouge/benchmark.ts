import * as corpus from "../../test/support/corpus.js";
import type { Benchmark, BenchRow } from "../row.js";
import { rougeRows, type RougeRow } from "./rouge-rows.js";

/** How far below an earlier study's figure ours may be, in points. */
const TOLERANCE = 1;

function limitOf({ ours, lead, figure }: RougeRow): NonNullable<BenchRow["limit"]> {
  if (figure === undefined) return { text: "above lead", holds: ours > lead };
  return { text: `at least ${figure} − ${TOLERANCE}`, holds: ours >= figure - TOLERANCE };
}

/** Whether the offline model picks the sentences that people would. */
export const rouge: Benchmark = {
  title:
    "Extractive summaries, ROUGE F1 in percent at the references' mean length, beside the first sentences (lead)",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    return (await rougeRows()).map((row) => ({
      name: `${row.dataset} (${row.n} texts), ${row.metric}`,
      ours: row.ours,
      floor: { name: "lead", figure: row.lead },
      limit: limitOf(row),
    }));
  },
};
