import { describe, expect, it } from "vitest";
import { rougeRows } from "../../bench/rouge/rouge-rows.js";
import * as corpus from "../support/corpus.js";

describe(`beside summaries by people${corpus.note}`, () => {
  it.skipIf(corpus.isAbsent)(
    "is better than the lead, and near the best known figures",
    { timeout: 240_000 },
    async () => {
      for (const { dataset, metric, ours, lead, figure = 0 } of await rougeRows()) {
        expect(ours, `${dataset} ${metric} beside the lead`).toBeGreaterThan(lead);
        expect(ours, `${dataset} ${metric} beside the figure`).toBeGreaterThan(figure - 1);
      }
    },
  );
});
