import { openai } from "@gro/openai";
import { run, summarizeFile } from "./summarize-file.js";

/*
 *   OPENAI_API_KEY=… npx tsx examples/live/openai.ts [FILE] [MODEL]
 */
const [file, model = "gpt-4o-mini"] = process.argv.slice(2);

await run(async () => {
  const gpt = openai(model, {
    apiKey: process.env["OPENAI_API_KEY"],
    baseURL: process.env["OPENAI_BASE_URL"],
  });
  await summarizeFile(gpt, file);
});
