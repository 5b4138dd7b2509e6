import * as corpus from "../../test/support/corpus.js";
import { rougeRows } from "./rouge-rows.js";

/** `npx tsx bench/rouge/main.ts` */
if (corpus.isAbsent) {
  console.error(`ROUGE needs the corpus${corpus.note}`);
} else {
  console.table(
    (await rougeRows()).map(({ dataset, metric, ours, lead, figure, n, length, referenceLength }) => ({
      dataset,
      metric,
      ours: ours.toFixed(1),
      lead: lead.toFixed(1),
      figure: figure ?? "",
      n,
      length: `${length.toFixed(0)} of ${referenceLength.toFixed(0)}`,
    })),
  );
}
