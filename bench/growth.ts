import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { approximate, chunkText, tiktoken, type Tokenizer } from "@gro/summarizer";
import { resolvePlanOptions, startRun } from "@gro/summarizer/executor";
import * as corpus from "../test/support/corpus.js";
import type { Benchmark, BenchRow } from "./row.js";
import { sideBySide } from "./side-by-side.js";

const TIMES = 16;
const MOST_TIMES = 17.5;
const CHUNKED_MB = 50;
const MOST_PEAK_MB = 600;

/** One flat string: one that was put together or cut off is slower to read. */
function flat(text: string): string {
  return Buffer.from(text).toString("utf8");
}

/** From the content to the requests that can be sent at once. */
function planText(text: string, tokenizer: Tokenizer): void {
  const { plan } = resolvePlanOptions({ tokenizer, targetTokens: 1_000 }, "growth");
  startRun(text, plan, tokenizer).machine?.takeReady();
}

/** Times of both texts, of the small one `TIMES` as often: it is disturbed as easily, and sooner done. */
async function growthRow(name: string, small: string, work: (text: string) => unknown): Promise<BenchRow> {
  const large = flat(small.repeat(TIMES));
  const works = { small: () => work(small), large: () => work(large) };
  const rounds = await sideBySide(3, works);
  const { small: again } = await sideBySide(TIMES, { small: works.small });
  const times = rounds.large / Math.min(rounds.small, again);
  return {
    name,
    ours: rounds.large,
    floor: { name: "16 × the time of a 16th", figure: (TIMES * rounds.large) / times },
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

/** Whether a text of many times the length takes many times the time, and no more. */
export const growth: Benchmark = {
  title: `Growth: a text ${TIMES} times over, ms; on Node ${process.versions.node}`,
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const tokenizer = tiktoken("o200k_base");
    await tokenizer.load();
    const book = corpus.warAndPeace();
    const page = flat(book.slice(0, 200_000));
    const rows: BenchRow[] = [];
    for (const [name, text] of [
      ["3.2 MB of prose", page],
      ["54 MB of prose", book],
    ] as const) {
      rows.push(
        await growthRow(`counting ${name}`, text, (of) => tokenizer.count(of)),
        await growthRow(`chunking ${name}`, text, (of) => chunkText(of, { tokenizer })),
        await growthRow(`planning ${name}`, text, (of) => planText(of, tokenizer)),
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
