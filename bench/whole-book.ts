import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as corpus from "../test/support/corpus.js";
import type { Benchmark } from "./row.js";

interface IdleFigures {
  readonly peakMb: number;
}

interface BookFigures extends IdleFigures {
  readonly totalMs: number;
  readonly modelMs: number;
  readonly outputTokens: number;
  readonly calls: number;
}

async function measure<Figures>(mode: "idle" | "book"): Promise<Figures> {
  const script = fileURLToPath(new URL("./whole-book-process.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, mode]);
  return JSON.parse(stdout) as Figures;
}

/** The whole novel to 1000 tokens with the offline model: what the library adds to the model's own time and memory. */
export const wholeBook: Benchmark = {
  title: "War and Peace to 1000 tokens, extractive model",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    const idle = await measure<IdleFigures>("idle");
    const book = await measure<BookFigures>("book");
    const outside = book.totalMs - book.modelMs;
    const added = book.peakMb - idle.peakMb;
    return [
      {
        name: "time, s",
        ours: book.totalMs / 1000,
        floor: { name: "in the model", figure: book.modelMs / 1000 },
      },
      {
        name: "time outside the model, share of the whole",
        ours: outside / book.totalMs,
        limit: { text: "at most 0.25", holds: outside / book.totalMs <= 0.25 },
      },
      {
        name: "peak memory, MB",
        ours: book.peakMb,
        floor: { name: "idle with encoder", figure: idle.peakMb },
        limit: { text: `at most 400 MB above idle (${added.toFixed(0)})`, holds: added <= 400 },
      },
      {
        name: "summary, tokens",
        ours: book.outputTokens,
        limit: { text: "from 750 to 1000", holds: book.outputTokens <= 1000 && book.outputTokens >= 750 },
      },
      { name: "model calls", ours: book.calls },
    ];
  },
};
