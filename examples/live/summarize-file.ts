import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createSummarizer, SummarizationError, summaryEvents, type LanguageModel } from "@gro/summarizer";

const USUAL_TEXT = fileURLToPath(new URL("../quickstart/texts/conversation.txt", import.meta.url));

/** What is the same whoever answers: reads a text, summarizes it live, tells how that goes and what it took. */
export async function summarizeFile(model: LanguageModel, path = USUAL_TEXT): Promise<void> {
  const text = await readFile(path, "utf8");
  const events = summaryEvents();
  events.on("planned", ({ inputTokens, targetTokens, chunks, merges }) =>
    console.log(`${inputTokens} tokens → at most ${targetTokens}: ${chunks} chunks, ${merges} merges`),
  );
  events.on("stepDone", ({ step, counts: { stepsDone, stepsExpected } }) =>
    console.log(`  ${stepsDone} of ${stepsExpected} done: ${step.kind}`),
  );
  events.on("stepRetried", ({ attempt, afterMs }) =>
    console.log(`  attempt ${attempt} failed, tried again in ${Math.round(afterMs)} ms`),
  );

  // Chunks of 800 tokens, so that a text of a few pages grows a tree. The run ends before a 31st call.
  const settings = { model, events, chunkSize: 800, maxConcurrency: 3, budget: { maxCalls: 30 } };
  const summarizer = createSummarizer(settings);
  console.log(`${relative(process.cwd(), path)}, with ${model.id}`);
  const { summary, usage, fit } = await summarizer.summarize(text, {
    targetTokens: 300,
    contentType: "conversation",
  });

  const cost = usage.costUsd === undefined ? "no price known" : `$${usage.costUsd.toFixed(4)}`;
  console.log(
    `  ${usage.calls} calls, ${usage.inputTokens} tokens in, ${usage.outputTokens} out, ${cost}; fit: ${fit}`,
  );
  console.log(`\n${summary ?? "(the text is blank)"}`);
}

/** Runs an example. What fails is told in one sentence: errors have a code, say what to do, and never show a key. */
export async function run(example: () => Promise<void>): Promise<void> {
  try {
    await example();
  } catch (error) {
    if (!SummarizationError.isInstance(error)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
