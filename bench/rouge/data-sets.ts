import * as corpus from "../../test/support/corpus.js";
import { characters, words, type Units } from "./units.js";

/** Texts with summaries by people. */
export interface DataSet {
  readonly name: string;
  readonly units: Units;
  readonly texts: () => readonly corpus.CorpusText[];
  /** ROUGE-1 and ROUGE-2 that an earlier study found for its best extractive method, on another sample of the data. */
  readonly figures?: readonly [number, number];
}

/** `{ vocalsound }` and the like, which the authors of QMSum take out of the transcripts too (data_process.ipynb). */
const SOUND = /\{ ?(?:vocalsound|nonvocalsound|disfmarker|pause|gap|comment)[^}]*\} ?/g;

function withoutSounds(text: corpus.CorpusText): corpus.CorpusText {
  return { ...text, text: text.text.replace(SOUND, "") };
}

export const dataSets: readonly DataSet[] = [
  { name: "SQuALITY, plot", units: words, texts: corpus.squalityStories, figures: [40.7, 7.1] },
  { name: "SumPubMed", units: words, texts: corpus.sumpubmedPapers, figures: [47.4, 16.6] },
  {
    name: "QMSum, general",
    units: words,
    texts: () => corpus.qmsumMeetings().map(withoutSounds),
    figures: [25.2, 4.4],
  },
  { name: "QMSum, with sounds", units: words, texts: corpus.qmsumMeetings, figures: [25.2, 4.4] },
  { name: "VCSum, Chinese", units: characters, texts: corpus.vcsumMeetings },
];
