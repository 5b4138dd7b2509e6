import { n as rougeN } from "js-rouge";
import type { CorpusText } from "../../test/support/corpus.js";
import type { Units } from "./units.js";

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** F1 of ROUGE-`size` in percent: the mean over the texts of the mean over their references. */
export function meanRouge(
  size: number,
  summaries: readonly string[],
  texts: readonly CorpusText[],
  units: Units,
): number {
  const perText = texts.map(({ references }, index) =>
    mean(
      references.map((reference) => rougeN(summaries[index] ?? "", reference, { n: size, tokenizer: units })),
    ),
  );
  return 100 * mean(perText);
}

/** The mean length of `texts`, in units. */
export function meanLength(texts: readonly string[], units: Units): number {
  return mean(texts.map((text) => units(text).length));
}
