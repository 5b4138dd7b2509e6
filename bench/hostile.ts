import { getEncoding } from "js-tiktoken";
import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { hostileTexts } from "./hostile-texts.js";
import { atMostTimes } from "./row-limit.js";
import type { Benchmark, BenchRow } from "./row.js";
import { timeOf } from "./side-by-side.js";

const MEGABYTE = 1_000_000;
const PARTS = 3;
/** As much as js-tiktoken, whose time grows with the square of a run without breaks, gets through in about a second. */
const BYTES_FOR_PEER = 4_000;
const MOST_TIMES_PROSE = 10;
const TIMES = 4;
/** Of 4 MB at once and of 4 MB in four parts, in turn. */
const GROWTH_TRIES = 2;
/** As for prose: 16 times the text in at most 17.5 times the time. */
const MOST_TIMES = (TIMES * 17.5) / 16;

const tokenizer = tiktoken("o200k_base");
const encoder = getEncoding("o200k_base");

const count = (text: string) => tokenizer.count(text);
const chunk = (text: string) => chunkText(text, { tokenizer });

/** Texts of as many parts as there are works to measure. Each part is measured once, so that nothing of it is remembered. */
function cut(text: string, parts: number): string[] {
  const length = Math.floor(text.length / parts);
  return Array.from({ length: parts }, (_, part) =>
    Buffer.from(text.slice(part * length, (part + 1) * length)).toString("utf8"),
  );
}

/** Milliseconds a megabyte: the least over texts that are all met for the first time. */
async function perMegabyte(texts: readonly string[], work: (text: string) => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    least = Math.min(least, ((await timeOf(() => work(text))) * MEGABYTE) / Buffer.byteLength(text));
  }
  return least;
}

interface Speeds {
  readonly counting: number;
  readonly chunking: number;
}

async function speedsOf(text: string): Promise<Speeds> {
  const parts = cut(text, 2 * PARTS);
  return {
    counting: await perMegabyte(parts.slice(0, PARTS), count),
    chunking: await perMegabyte(parts.slice(PARTS), chunk),
  };
}

/**
 * Milliseconds a megabyte of chunking a long text at once, and of one as long in parts. Each text is met for the first time, and both
 * ways have as many tries in turn.
 */
async function growthOf(text: string): Promise<{ readonly whole: number; readonly inParts: number }> {
  const tries = { whole: Number.POSITIVE_INFINITY, inParts: Number.POSITIVE_INFINITY };
  for (const [index, long] of cut(text, 2 * GROWTH_TRIES).entries()) {
    const way = index % 2 === 0 ? "inParts" : "whole";
    const parts = way === "whole" ? [long] : cut(long, TIMES);
    const ms = await timeOf(() => parts.forEach((part) => chunk(part)));
    tries[way] = Math.min(tries[way], (ms * MEGABYTE) / Buffer.byteLength(long));
  }
  return tries;
}

async function rowsOf(
  name: string,
  write: (bytes: number) => string,
  prose: Speeds,
): Promise<readonly BenchRow[]> {
  const start = write(BYTES_FOR_PEER);
  const jsTiktoken = await perMegabyte([start], (text) => encoder.encode(text, [], []));
  const { counting, chunking } = await speedsOf(write(2 * PARTS * MEGABYTE));

  const { whole, inParts } = await growthOf(write(2 * GROWTH_TRIES * TIMES * MEGABYTE));
  const growth = (TIMES * whole) / inParts;
  return [
    {
      name: `${name}: counting`,
      ours: counting,
      peer: { name: `js-tiktoken on ${BYTES_FOR_PEER / 1000} kB of it`, figure: jsTiktoken },
      floor: { name: "prose", figure: prose.counting },
      limit: atMostTimes(counting, prose.counting, MOST_TIMES_PROSE),
    },
    {
      name: `${name}: chunking`,
      ours: chunking,
      floor: { name: "prose", figure: prose.chunking },
      limit: atMostTimes(chunking, prose.chunking, MOST_TIMES_PROSE),
    },
    {
      name: `${name}: chunking ${TIMES} MB`,
      ours: whole,
      floor: { name: `${TIMES} MB in ${TIMES} parts`, figure: inParts },
      limit: { text: `at most ${MOST_TIMES} × its time (${growth.toFixed(2)})`, holds: growth <= MOST_TIMES },
    },
  ];
}

/** Texts that many programs choke on. All are new to the tokenizer, prose too. */
export const hostile: Benchmark = {
  title: "Hostile texts: counting and chunking, ms a megabyte",
  skipReason: corpus.isAbsent ? corpus.note : undefined,
  async run() {
    await tokenizer.load();
    const prose = await speedsOf(corpus.warAndPeace());
    const rows: BenchRow[] = [];
    for (const [name, write] of Object.entries(hostileTexts()))
      rows.push(...(await rowsOf(name, write, prose)));
    return rows;
  },
};
