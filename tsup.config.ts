import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

/**
 * One build for every package: it runs in the package's folder and reads what to build from the
 * package's own `exports`, so a new package needs no line here.
 */
const manifest: {
  exports: Record<string, unknown>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
} = JSON.parse(readFileSync("package.json", "utf8"));

const entry: Record<string, string> = {};
for (const subpath of Object.keys(manifest.exports)) {
  if (subpath === ".") entry["index"] = "src/index.ts";
  else if (!subpath.endsWith(".json")) entry[subpath.slice(2)] = `src/${subpath.slice(2)}/index.ts`;
}
if (manifest.bin !== undefined) entry["main"] = "src/main.ts";

/** These exist as ESM only, and a Node older than 20.19 cannot `require` ESM: the CJS build carries them. */
const esmOnly = ["p-limit", "p-retry", "yocto-queue", "is-network-error", /^@noble\/hashes/];

const shared = {
  entry,
  platform: "neutral" as const,
  target: "es2022",
  tsconfig: "../../tsconfig.build.json",
  sourcemap: true,
  treeshake: true,
  splitting: true,
  external: [/^node:/],
};

export default defineConfig([
  { ...shared, format: "esm", dts: true, clean: true },
  { ...shared, format: "cjs", dts: true, noExternal: esmOnly, shims: true },
]);
