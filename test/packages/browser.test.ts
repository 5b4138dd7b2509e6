import { join } from "node:path";
import { build } from "esbuild";
import { expect, inject, it } from "vitest";
import { node } from "./command.js";

const folder = inject("consumerFolder");

it("the libraries run where nothing of Node exists", async () => {
  const bundle = join(folder, "browser.bundle.mjs");
  await build({
    absWorkingDir: folder,
    entryPoints: ["browser.mjs"],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  expect(await node(["--import", "./without-node.mjs", bundle], folder)).toContain("every library works");
});
