import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { node } from "./command.js";
import { root } from "./tarball.js";

/** What somebody wrote who had the installed packages, the README of `@gro/queue` and its types. */
const written = join(inject("consumerFolder"), "newcomer");

/** Compiles what lies in a folder, as its author would. Complains of types by an error. */
async function compile(folder: string): Promise<void> {
  const compilerOptions = {
    ...{ module: "node16", moduleResolution: "node16", target: "es2022", lib: ["es2022", "dom"] },
    ...{ types: ["node"], typeRoots: [join(root, "node_modules/@types")], strict: true, skipLibCheck: true },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["check.ts"] }));
  await node([join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"], folder);
}

/** What Node's own test runner says: its report, and whether it is content. */
async function check(folder: string): Promise<{ readonly isContent: boolean; readonly report: string }> {
  const args = ["--test-reporter=tap", "check.js"];
  return node(args, folder).then(
    (report) => ({ isContent: true, report }),
    (error: unknown) => ({ isContent: false, report: String(error) }),
  );
}

describe("a queue of one's own, written from the README and the types", () => {
  beforeAll(() => compile(written));

  it.concurrent("passes the contract", async () => {
    const { isContent, report } = await check(written);
    expect(report).not.toMatch(/^\s*not ok/mu);
    expect(isContent).toBe(true);
    expect(Number(/^# pass (\d+)$/mu.exec(report)?.[1])).toBeGreaterThan(100);
  });

  it.concurrent.each([
    {
      mistake: "does not count lapses",
      right: "row.token === null ? row.lapses : row.lapses + 1",
      wrong: "row.lapses",
      named: /claim: each lease that ended without a word is a lapse, got \[0,0\] where \[1,2\] is right/,
    },
    {
      mistake: "forgets what was queued again",
      right: "if (row.queuedAgain)",
      wrong: "if (false)",
      named: /complete: an item that was queued while it was claimed must be claimable again/,
    },
    {
      mistake: "calls a duplicate queued",
      right: '"duplicate"',
      wrong: '"queued"',
      named: /enqueue: the same page and content must answer `duplicate`, got "queued"/,
    },
    {
      mistake: "lets anybody finish an item",
      right: " && one.token === token",
      wrong: "",
      named: /complete: a stale token must answer `lost`, got \["ok"\]/,
    },
  ])("is told that it $mistake", async ({ mistake, right, wrong, named }) => {
    const folder = join(written, mistake.replaceAll(" ", "-"));
    await mkdir(folder);
    for (const file of ["package.json", "check.js"]) await cp(join(written, file), join(folder, file));
    const code = await readFile(join(written, "one-file-queue.js"), "utf8");
    expect(code).toContain(right);
    await writeFile(join(folder, "one-file-queue.js"), code.replaceAll(right, wrong));

    const { isContent, report } = await check(folder);
    expect(isContent).toBe(false);
    expect(report).toMatch(named);
  });
});
