import { extractive } from "@gro/extractive";
import { summarize, tiktoken } from "@gro/summarizer";

const text = "The lighthouse stands on the northern cape. It has a lamp of glass and brass. ".repeat(40);

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
if (tokenizer.count("hello world") !== 2) throw new Error("the tokenizer miscounts");

const { summary } = await summarize(text, { model: extractive(), targetTokens: 40 });
if (summary === null || tokenizer.count(summary) > 40) throw new Error("the summary does not fit");
console.log("every library works");
