import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { program } from "../cli/program.js";
import { runProcess } from "../cli/spawned.js";

/** The examples, run as their READMEs say: offline, from the root. */
const folder = mkdtempSync(join(tmpdir(), "gro-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function example(name: string, args: readonly string[] = []) {
  return runProcess(fileURLToPath(new URL(`../../examples/${name}/main.ts`, import.meta.url)), args);
}

describe("examples/worker", () => {
  it("queues three pages, and a worker writes their summaries to them in as many rounds as the trees are deep", async () => {
    const { code, stdout, stderr } = await example("worker", [folder]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const pageIds = [...stdout.matchAll(/^ {2}(pg_[0-9a-f]{12}) \(queued\)$/gmu)].map(([, id]) => id ?? "");
    expect(pageIds).toHaveLength(3);
    expect(stdout.match(/a batch of \d+ requests is with local/gu)).toHaveLength(2);
    expect(readdirSync(join(folder, "pages")).sort()).toEqual(pageIds.map((id) => `${id}.json`).sort());
    for (const pageId of pageIds) {
      const page = JSON.parse(readFileSync(join(folder, "pages", `${pageId}.json`), "utf8")) as {
        summary: string;
      };
      expect(stdout).toContain(page.summary);
    }
    expect(stdout).toMatch(/Nothing is queued any more\.\n$/u);
    const { stdout: standing } = await program(["status", "--json", "--queue-path", join(folder, "queue")]);
    expect(JSON.parse(standing)).toMatchObject({ totals: { pages: { summarized: 3 } } });
  });
});

describe("examples/quickstart", () => {
  it("shows trees, then the same through the queue and batches, and leaves nothing behind", async () => {
    const { code, stdout, stderr } = await example("quickstart");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^merge +\d+ → +\d+ tokens/gmu)).toHaveLength(3);
    const [, place = ""] = /^in (\S+), removed in the end$/mu.exec(stdout) ?? [];
    expect(place).not.toBe("");
    expect(existsSync(place)).toBe(false);
    expect(stdout.match(/^summarized +pg_[0-9a-f]{12} +\d+ → \d+ tokens$/gmu)).toHaveLength(3);
    expect(stdout.match(/^batch /gmu)).toHaveLength(2);
    expect(stdout).not.toContain("no summary");
  });
});

describe("examples/README.md", () => {
  it("names every example, and each has a README of its own", () => {
    const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
    const folders = readdirSync(examples, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const index = readFileSync(join(examples, "README.md"), "utf8");
    const named = [...index.matchAll(/^\| \[([a-z-]+)\]\(\1\)/gmu)].map(([, name]) => name);
    expect(named.sort()).toEqual(folders.sort());
    for (const name of folders) expect(existsSync(join(examples, name, "README.md"))).toBe(true);
  });
});
