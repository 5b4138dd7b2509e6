import { anthropic } from "@gro/anthropic";
import { run, summarizeFile } from "./summarize-file.js";

/*
 *   ANTHROPIC_API_KEY=… npx tsx examples/live/anthropic.ts [FILE] [MODEL]
 */
const [file, model = "claude-haiku-4-5"] = process.argv.slice(2);

await run(async () => {
  // The library reads no environment: what it is given here is all that it knows.
  const claude = anthropic(model, {
    apiKey: process.env["ANTHROPIC_API_KEY"],
    baseURL: process.env["ANTHROPIC_BASE_URL"],
  });
  await summarizeFile(claude, file);
});
