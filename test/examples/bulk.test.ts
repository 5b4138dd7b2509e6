import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { anthropicBatch } from "@gro/anthropic";
import { fileStore } from "@gro/file-store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pagesOfFolder } from "../../examples/bulk/read-folder.js";
import { summarizePages } from "../../examples/bulk/summarize-pages.js";
import { runProcess } from "../cli/spawned.js";
import { startAnthropic } from "../emulators/index.js";

const texts = fileURLToPath(new URL("../../examples/quickstart/texts", import.meta.url));
const main = fileURLToPath(new URL("../../examples/bulk/main.ts", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gro-bulk-"));
  await cp(texts, join(folder, "notes"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("examples/bulk", () => {
  it("writes a summary beside each file, and a second run asks only for what has changed", async () => {
    await writeFile(join(folder, "notes", "blank.txt"), " \n");
    await writeFile(join(folder, "notes", "image.png"), "no text");
    const args = [join(folder, "notes"), join(folder, "results")];
    const first = await runProcess(main, args);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("3 files, 0 of them done\n3 files to do, about 11833 tokens and 24 calls");
    expect(first.stdout).toContain("3 of 3 files, 24 of about 24 answers");
    expect(first.stdout).toContain("3 summarized; 0 failed");
    const summaries = await readdir(join(folder, "results", "summaries"));
    expect(summaries.sort()).toEqual(
      ["conversation.txt", "document.md", "journal.txt"].map((name) => `${name}.summary.md`),
    );

    await appendFile(join(folder, "notes", "journal.txt"), "\n\nOn Sunday it rained, and nobody came.\n");
    const second = await runProcess(main, args);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toContain("3 files, 2 of them done\n1 files to do");
    // Of nine calls for the whole journal: its last chunk and the merge.
    const [, answers] = /1 of 1 files, (\d+) of about/u.exec(second.stdout) ?? [];
    expect(Number(answers)).toBeLessThanOrEqual(3);
  });

  it("says in a line that a folder is missing, and which file is no text", async () => {
    const missing = await runProcess(main, [join(folder, "none"), join(folder, "results")]);
    expect(missing).toMatchObject({
      code: 2,
      stderr: `${join(folder, "none")} is no folder: give one with texts.\n`,
    });
    await writeFile(join(folder, "notes", "binary.txt"), Buffer.from([0xff, 0xd8, 0, 1, 2]));
    const { code, stdout, stderr } = await runProcess(main, [join(folder, "notes"), join(folder, "results")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "binary.txt is no text in UTF-8: passed over.\n" });
    expect(stdout).toContain("3 summarized; 0 failed");
  });

  it("tells the cost as the provider bills it, at half price", async () => {
    const server = await startAnthropic({ batches: { endsAfterLooks: 1 } });
    const store = fileStore(join(folder, "queue"));
    const told: string[] = [];
    const report = await summarizePages({
      store,
      provider: anthropicBatch("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url }),
      pages: await pagesOfFolder(texts, new Date(0)),
      request: { targetTokens: 150, chunkSize: 800 },
      print: (line) => told.push(line),
      polls: { pollIntervalMs: 10, batchPollIntervalMs: 10 },
    });
    await store.close();
    await server.close();
    const { inputTokens, outputTokens } = server.billing.total;
    const live = (inputTokens * 1 + outputTokens * 5) / 1_000_000;
    expect(report).toMatchObject({ isDrained: true, summarized: 3, dead: 0 });
    expect(report.liveCostUsd).toBeCloseTo(live, 6);
    expect(report.costUsd).toBeCloseTo(live / 2, 6);
    expect(told[2]).toMatch(/^likely cost: \$0\.\d{4} in batches, \$0\.\d{4} live$/u);
    const answers = server.billing.bills.length;
    const cost = report.costUsd.toFixed(4);
    expect(told.at(-1)).toContain(`3 of 3 files, ${answers} of about 24 answers, $${cost}`);
    if (process.env["SHOW"]) console.log(told.join("\n"), report);
  });

  it("reads texts of folders below, in the order of their paths, each the same page for ever", async () => {
    await cp(texts, join(folder, "notes", "below"), { recursive: true });
    const pages = await pagesOfFolder(join(folder, "notes"), new Date(0));
    expect(pages.map(({ label }) => label)).toEqual([
      "below/conversation.txt",
      "below/document.md",
      "below/journal.txt",
      "conversation.txt",
      "document.md",
      "journal.txt",
    ]);
    expect(new Set(pages.map(({ id }) => id)).size).toBe(6);
    const before = await readFile(join(folder, "notes", "journal.txt"), "utf8");
    await writeFile(join(folder, "notes", "journal.txt"), `${before} More.`);
    const [changed] = (await pagesOfFolder(join(folder, "notes"), new Date(0))).slice(-1);
    expect(changed).toMatchObject({ id: pages[5]?.id, content: `${before} More.` });
  });
});
