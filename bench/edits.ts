import { chunkText, memoryMemo, summarize, tiktoken, type SourceNode } from "@gro/summarizer";
import { resolvePlanOptions } from "@gro/summarizer/executor";
import * as corpus from "../test/support/corpus.js";
import { onePercentMore, paragraphEdits, type EditedText } from "../test/support/paragraph-edits.js";
import { readOnly } from "../test/support/read-only-memo.js";
import { sensitiveModel } from "../test/support/sensitive-model.js";
import { GREEDY_PIECES } from "./greedy-chunks.js";
import { GreedySummaries } from "./greedy-summaries.js";
import type { Benchmark, BenchRow } from "./row.js";

const PLACES = 50;
const EDITS_AT_A_PLACE = 3;
const PERCENT = 100;

const tokenizer = tiktoken("o200k_base");

/** Tokens sent again after each edit, and after the text has grown, in percent of what the first run sent. */
interface SentAgain {
  readonly mean: number;
  readonly worst: number;
  readonly grown: number;
}

async function sentAgain(
  edits: Iterable<EditedText>,
  first: number,
  sends: (edit: EditedText) => Promise<number> | number,
  sentForGrown: number,
): Promise<SentAgain> {
  const shares: number[] = [];
  for (const edit of edits) shares.push((PERCENT * (await sends(edit))) / first);
  return {
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    worst: Math.max(...shares),
    grown: (PERCENT * sentForGrown) / first,
  };
}

/** One edit at every place, of each kind in turn: a run from nothing takes twice as long, so not after every edit. */
function* oneAtEachPlace(book: string): Generator<EditedText> {
  let index = 0;
  for (const edit of paragraphEdits(book, PLACES)) {
    const place = Math.floor(index / EDITS_AT_A_PLACE);
    if (index % EDITS_AT_A_PLACE === place % EDITS_AT_A_PLACE) yield edit;
    index += 1;
  }
}

/** The steps on the way from the root to the chunk at an offset. */
function stepsAt(node: SourceNode, at: number): string[] {
  const child = node.children.find(({ span }) => span.start <= at && at < span.end);
  return [
    ...(node.stepKey === null ? [] : [node.stepKey]),
    ...(child === undefined ? [] : stepsAt(child, at)),
  ];
}

interface OurFigures extends SentAgain {
  /** What whoever uses this tree cannot do without: the chunk with the edit, and the merges above it. */
  readonly floor: SentAgain;
  readonly comparedWithNothing: number;
  readonly sameAsFromNothing: number;
}

async function measureOurs(book: string): Promise<OurFigures> {
  const memo = memoryMemo();
  const firstModel = sensitiveModel(tokenizer);
  const { sources } = await summarize(book, { model: firstModel, tokenizer, memo });
  const first = firstModel.inputTokens;
  if (sources === null) throw new RangeError("A book without a summary");

  const again = async (text: string) => {
    const model = sensitiveModel(tokenizer);
    const { summary } = await summarize(text, { model, tokenizer, memo: readOnly(memo) });
    return { summary, sent: model.inputTokens };
  };
  const more = onePercentMore(book);
  const edits = () => paragraphEdits(book, PLACES);
  const ours = await sentAgain(
    edits(),
    first,
    async ({ text }) => (await again(text)).sent,
    (await again(book + more)).sent,
  );

  const sentAt = async (at: number) => {
    const completions = await Promise.all(stepsAt(sources, at).map((key) => memo.get(key)));
    return completions.reduce((sum, completion) => sum + (completion?.usage.inputTokens ?? 0), 0);
  };
  const grown = tokenizer.count(more) + (await sentAt(book.length - 1));
  const floor = await sentAgain(edits(), first, ({ at }) => sentAt(at), grown);

  let comparedWithNothing = 0;
  let sameAsFromNothing = 0;
  for (const { text } of oneAtEachPlace(book)) {
    const fromNothing = await summarize(text, { model: sensitiveModel(tokenizer), tokenizer });
    comparedWithNothing += 1;
    if ((await again(text)).summary === fromNothing.summary) sameAsFromNothing += 1;
  }
  return { ...ours, floor, comparedWithNothing, sameAsFromNothing };
}

async function measureGreedy(book: string, pieces: RegExp): Promise<SentAgain> {
  const greedy = new GreedySummaries(tokenizer, pieces);
  const first = greedy.first(book);
  const grown = greedy.again(book + onePercentMore(book));
  return await sentAgain(paragraphEdits(book, PLACES), first, ({ text }) => greedy.again(text), grown);
}

/** How full the chunks are on average, but for the last: it ends with the text. */
function averageFill(book: string): number {
  const { chunkSize } = resolvePlanOptions({ tokenizer }, "any").plan;
  const full = chunkText(book, { tokenizer, chunkSize }).slice(0, -1);
  return full.reduce((sum, { tokens }) => sum + tokens, 0) / full.length / chunkSize;
}

const MEASURES = [
  { of: "mean", name: "sent again, mean", most: 2, floor: "the chunk and the merges above it" },
  { of: "worst", name: "sent again, worst", most: 5, floor: "the chunk and the merges above it" },
  { of: "grown", name: "sent after 1% was appended", most: 4, floor: "the new text and one way to the root" },
] as const;

function besideGreedy(splitter: string, ours: OurFigures, greedy: SentAgain): BenchRow[] {
  return MEASURES.map(({ of, name, most, floor }) => ({
    name,
    ours: ours[of],
    peer: { name: `greedy, ${splitter}`, figure: greedy[of] },
    floor: { name: floor, figure: ours.floor[of] },
    limit: { text: `at most ${most}`, holds: ours[of] <= most },
  }));
}

/** What an edit costs when the first run's answers are known. Takes some minutes. */
export const edits: Benchmark = {
  title: `War and Peace edited at ${PLACES} places: a paragraph inserted, deleted or changed; tokens sent again, merges included, % of the first run's`,
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    await tokenizer.load();
    const book = corpus.warAndPeace();
    const ours = await measureOurs(book);
    const byParagraphs = await measureGreedy(book, GREEDY_PIECES.paragraphs);
    const byWords = await measureGreedy(book, GREEDY_PIECES.words);
    const fill = averageFill(book);
    return [
      ...besideGreedy("whole paragraphs", ours, byParagraphs),
      ...besideGreedy("whole words", ours, byWords),
      {
        name: `edited summaries that equal those of a run from nothing`,
        ours: ours.sameAsFromNothing,
        limit: {
          text: `all ${ours.comparedWithNothing}`,
          holds: ours.sameAsFromNothing === ours.comparedWithNothing,
        },
      },
      {
        name: "average fill of a chunk",
        ours: fill,
        floor: { name: "no room left", figure: 1 },
        limit: { text: "at least 0.75", holds: fill >= 0.75 },
      },
    ];
  },
};
