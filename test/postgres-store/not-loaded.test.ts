import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, inject, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = "packages/cli/src/main.ts";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gro-not-loaded-"));
  writeFileSync(join(folder, "text.txt"), "The harbour master counts ships.");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function errorsOf(...words: readonly string[]): Promise<string> {
  const { DATABASE_URL: _, ...environment } = process.env;
  const teller = join(root, "test/postgres-store/programs/tell-loaded.ts");
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--import", teller, ...words],
    { cwd: root, env: environment },
  );
  return stderr;
}

it("npm start does not load the driver", async () => {
  expect(await errorsOf("examples/quickstart/main.ts")).toContain("driver not loaded");
});

it("the file store does not load the driver", async () => {
  const place = ["--queue-path", join(folder, "queue"), "--pages-dir", join(folder, "pages")];
  expect(await errorsOf(program, "enqueue", join(folder, "text.txt"), ...place)).toContain(
    "driver not loaded",
  );
});

it("a database does", async () => {
  expect(await errorsOf(program, "status", "--database-url", inject("databaseUrl"))).toContain(
    "driver loaded",
  );
});
