const assert = require("node:assert/strict");
const { anthropic } = require("@gro/anthropic");
const { extractive } = require("@gro/extractive");
const { openai } = require("@gro/openai");
const { summarize, tiktoken } = require("@gro/summarizer");
const { scriptedModel } = require("@gro/summarizer/testing");

const text = "The lighthouse stands on the northern cape. It has a lamp of glass and brass. ".repeat(40);

async function main() {
  // One encoding is loaded by itself at the first count, the other one by `load`.
  assert.equal(tiktoken("cl100k_base").count("hello world"), 2);
  const tokenizer = tiktoken("o200k_base");
  await tokenizer.load();
  assert.equal(tokenizer.count("hello world"), 2);

  const result = await summarize(text, { model: extractive(), targetTokens: 40 });
  assert.ok(result.summary !== null && result.summary.length > 0);
  assert.ok(tokenizer.count(result.summary) <= 40);

  assert.equal(anthropic("claude-haiku-4-5", { apiKey: "none" }).id, "anthropic:claude-haiku-4-5");
  assert.equal(openai("gpt-4o-mini", { apiKey: "none" }).id, "openai:gpt-4o-mini");
  assert.equal(typeof scriptedModel, "function");
  console.log("every entry point works");
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
