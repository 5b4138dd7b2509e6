import { mkdir, mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileStore } from "@gro/file-store";
import { chooseProvider } from "../worker/choose-provider.js";
import { pagesOfFolder } from "./read-folder.js";
import { summarizePages } from "./summarize-pages.js";

/*
 * Summaries of all texts of a folder, through batches: as many files as you like, at half price, in as many runs as it takes.
 *
 *   npx tsx examples/bulk/main.ts [FOLDER] [INTO]
 */
const [folder = fileURLToPath(new URL("../quickstart/texts", import.meta.url)), given] =
  process.argv.slice(2);
const into = given ?? (await mkdtemp(join(tmpdir(), "gro-bulk-")));
const again = `npx tsx examples/bulk/main.ts ${folder} ${into}`;
const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());

if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
  console.error(`${folder} is no folder: give one with texts.`);
  process.exit(2);
}
const store = fileStore(join(into, "queue"), { pagesDirectory: join(into, "pages") });
const pages = await pagesOfFolder(folder, new Date(), (name) => {
  console.error(`${name} is no text in UTF-8: passed over.`);
});
const report = await summarizePages({
  store,
  pages,
  provider: chooseProvider(process.env),
  request: { targetTokens: 150, chunkSize: 800 },
  print: (line) => console.log(line),
  signal: stopping.signal,
});

for (const { id, label } of pages) {
  const summary = (await store.pages.read(id))?.page.summary;
  if (summary === undefined) continue;
  const path = join(into, "summaries", `${label}.summary.md`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${summary}\n`);
}
await store.close();

const { summarized, dead, costUsd, liveCostUsd, isDrained } = report;
const cost = costUsd === 0 ? "" : `, for $${costUsd.toFixed(4)} instead of $${liveCostUsd.toFixed(4)} live`;
console.log(`${summarized} summarized${cost}; ${dead} failed`);
console.log(isDrained ? `The summaries are in ${join(into, "summaries")}` : `Go on with: ${again}`);
if (dead > 0) process.exitCode = 3;
