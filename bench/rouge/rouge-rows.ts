import { extractive } from "@gro/extractive";
import { dataSets, type DataSet } from "./data-sets.js";
import { meanLength, meanRouge } from "./scores.js";
import { summariesOfLength } from "./summaries-of-length.js";

/** One figure of one data set, in percent. */
export interface RougeRow {
  readonly dataset: string;
  readonly metric: "ROUGE-1" | "ROUGE-2";
  /** `extractive()` with its defaults. */
  readonly ours: number;
  /** The beginning of each text, cut at the references' mean length. */
  readonly lead: number;
  /** What an earlier study found for its best method on another sample; absent where there is none. */
  readonly figure?: number;
  /** How many texts. */
  readonly n: number;
  /** Mean length of our summaries and of the references, in words (characters in Chinese). */
  readonly length: number;
  readonly referenceLength: number;
}

async function rowsOf({ name, units, texts: read, figures }: DataSet): Promise<RougeRow[]> {
  const texts = read();
  const contents = texts.map(({ text }) => text);
  const referenceLength = meanLength(
    texts.flatMap(({ references }) => references),
    units,
  );
  const ours = await summariesOfLength(referenceLength, contents, extractive(), units);
  const lead = contents.map((text) => units(text).slice(0, Math.round(referenceLength)).join(" "));
  return ([1, 2] as const).map((size) => {
    const figure = figures?.[size - 1];
    return {
      dataset: name,
      metric: `ROUGE-${size}` as const,
      ours: meanRouge(size, ours, texts, units),
      lead: meanRouge(size, lead, texts, units),
      ...(figure === undefined ? {} : { figure }),
      n: texts.length,
      length: meanLength(ours, units),
      referenceLength,
    };
  });
}

/**
 * ROUGE-1 and ROUGE-2 (F1, unstemmed) of `extractive()` and of the lead, at the references' mean length. Needs the
 * corpus.
 */
export async function rougeRows(): Promise<RougeRow[]> {
  const rows: RougeRow[] = [];
  for (const dataSet of dataSets) rows.push(...(await rowsOf(dataSet)));
  return rows;
}
