import { openai } from "@gro/openai";
import { run, summarizeFile } from "./summarize-file.js";

/*
 * Ollama, vLLM, llama.cpp, LM Studio: whatever speaks like OpenAI.
 *
 *   npx tsx examples/live/compatible-server.ts [FILE] [MODEL] [ADDRESS]
 */
const [file, model = "llama3.2", baseURL = "http://localhost:11434/v1"] = process.argv.slice(2);

await run(async () => {
  // No key where none is asked for. Ollama cuts what is longer than its context without a word: say how long that is.
  const local = openai(model, { baseURL, contextTokens: 4096 });
  await summarizeFile(local, file);
});
