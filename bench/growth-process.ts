import { chunkText, tiktoken } from "@gro/summarizer";
import * as corpus from "../test/support/corpus.js";
import { freshProse } from "./fresh-prose.js";

/** Runs in a process of its own, because peak memory belongs to a process: chunks so many megabytes of prose. Prints one JSON object. */
const bytes = 1_000_000 * Number(process.argv[2]);
const tokenizer = tiktoken("o200k_base");
await tokenizer.load();

const text = freshProse(corpus.warAndPeace(), bytes);
const startedAt = performance.now();
const chunks = chunkText(text, { tokenizer }).length;
const ms = performance.now() - startedAt;
console.log(JSON.stringify({ chunks, ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
