import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runProcess } from "../cli/spawned.js";

const folder = mkdtempSync(join(tmpdir(), "gro-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("examples/worker a second time in the same folder asks nothing again", async () => {
  const main = fileURLToPath(new URL("../../examples/worker/main.ts", import.meta.url));
  const first = await runProcess(main, [folder]);
  expect(first.stdout).toContain("a batch of");
  const { code, stdout } = await runProcess(main, [folder]);
  expect(code).toBe(0);
  expect(stdout).not.toContain("a batch of");
  expect(stdout).not.toContain("(no summary yet)");
});
