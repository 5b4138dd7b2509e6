import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { approximate, chunkText, tiktoken, type Tokenizer } from "@gro/summarizer";
import { resolvePlanOptions, startRun } from "@gro/summarizer/executor";
import * as corpus from "../test/support/corpus.js";
import { freshProse } from "./fresh-prose.js";
import type { Benchmark, BenchRow } from "./row.js";
import { sideBySide } from "./side-by-side.js";

const TIMES = 16;
const MOST_TIMES = 17.5;
const CHUNKED_MB = 50;
const MOST_PEAK_MB = 600;

const ROUNDS = 3;

/** The sixteenths of a text, each one flat string: one that was cut off is slower to read. */
function sixteenths(text: string): string[] {
  const length = Math.floor(text.length / TIMES);
  return Array.from({ length: TIMES }, (_, part) =>
    Buffer.from(text.slice(part * length, (part + 1) * length)).toString("utf8"),
  );
}

/** From the content to the requests that can be sent at once. */
function planText(text: string, tokenizer: Tokenizer): void {
  const { plan } = resolvePlanOptions({ tokenizer, targetTokens: 1_000 }, "growth");
  startRun(text, plan, tokenizer).machine?.takeReady();
}

/**
 * The time of a text as a whole, and that of its sixteenths one after the other. Both read the same words, take about as long, and have
 * as many tries in turn, so that neither is easier: not by luck, and not because a short text is remembered better than a long one.
 */
async function growthRow(name: string, text: string, work: (text: string) => unknown): Promise<BenchRow> {
  const parts = sixteenths(text);
  const { whole, inParts } = await sideBySide(ROUNDS, {
    inParts: () => parts.forEach((part) => work(part)),
    whole: () => work(text),
  });
  const times = (TIMES * whole) / inParts;
  return {
    name,
    ours: whole,
    floor: { name: "its sixteenths, one after the other", figure: inParts },
    limit: {
      text: `at most ${MOST_TIMES} × a 16th's time (${times.toFixed(1)})`,
      holds: times <= MOST_TIMES,
    },
  };
}

interface MemoryFigures {
  readonly chunks: number;
  readonly ms: number;
  readonly peakMb: number;
}

async function chunkInProcess(megabytes: number): Promise<MemoryFigures> {
  const script = fileURLToPath(new URL("./growth-process.ts", import.meta.url));
  const words = ["--import", "tsx", script, String(megabytes)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as MemoryFigures;
}

/** What it is worth to count a text whose pieces are all remembered: the same sixteenth again, beside all of them in turn. */
async function rememberedRow(name: string, text: string, tokenizer: Tokenizer): Promise<BenchRow> {
  const parts = sixteenths(text);
  const [again = ""] = parts;
  const { inTurn, remembered } = await sideBySide(ROUNDS, {
    inTurn: () => parts.forEach((part) => tokenizer.count(part)),
    remembered: () => parts.forEach(() => tokenizer.count(again)),
  });
  return { name, ours: remembered, floor: { name: "its sixteenths, one after the other", figure: inTurn } };
}

/** Whether a text of many times the length takes many times the time, and no more. */
export const growth: Benchmark = {
  title: `Growth: a text and its ${TIMES} parts, ms; on Node ${process.versions.node}`,
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    const book = corpus.warAndPeace();
    const page = freshProse(book, 3_200_000);
    const rows: BenchRow[] = [];
    for (const [name, text] of [
      ["3.2 MB of prose", page],
      ["54 MB of prose", freshProse(book, 54_000_000)],
    ] as const) {
      rows.push(
        await growthRow(`counting ${name}`, text, (of) => tokenizer.count(of)),
        await growthRow(`chunking ${name}`, text, (of) => chunkText(of, { tokenizer })),
        await growthRow(`planning ${name}`, text, (of) => planText(of, tokenizer)),
        await rememberedRow(`counting a 16th of ${name}, 16 times`, text, tokenizer),
      );
    }
    rows.push(
      await growthRow("planning 3.2 MB of prose, approximate", page, (of) => planText(of, approximate())),
    );
    const idle = await chunkInProcess(0);
    const { chunks, peakMb } = await chunkInProcess(CHUNKED_MB);
    rows.push({
      name: `peak memory, ${CHUNKED_MB} MB of prose to ${chunks} chunks, MB`,
      ours: peakMb,
      floor: { name: "the text and the tables alone", figure: idle.peakMb + CHUNKED_MB },
      limit: { text: `under ${MOST_PEAK_MB}`, holds: peakMb < MOST_PEAK_MB },
    });
    return rows;
  },
};
