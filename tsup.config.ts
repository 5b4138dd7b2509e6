import { readFileSync, rmSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

/**
 * One build for every package. It runs in the package's folder and reads what to build from the
 * package's own `exports`, so that a new package or a new entry point needs no line here.
 */
interface Manifest {
  readonly exports: Record<string, unknown>;
  readonly bin?: Record<string, string>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const isProgram = manifest.bin !== undefined;

const library: Record<string, string> = {};
for (const subpath of Object.keys(manifest.exports)) {
  if (subpath === ".") library["index"] = "src/index.ts";
  else if (!subpath.endsWith(".json")) library[subpath.slice(2)] = `src/${subpath.slice(2)}/index.ts`;
}

/** These exist as ES modules only. The CommonJS build carries them, as `require` of them fails in many tools. */
const esmOnly = ["p-limit", "yocto-queue", "p-retry", "is-network-error", /^@noble\/hashes/];

const shared: Options = {
  entry: library,
  platform: isProgram ? "node" : "neutral",
  target: "es2022",
  tsconfig: "../../tsconfig.build.json",
  sourcemap: true,
  splitting: true,
  external: [/^node:/],
  silent: true,
};

/**
 * `import.meta.url` in CommonJS. A library gives it to `createRequire` alone, which takes a file name just as
 * well, and may not import `node:url`. tsup's own shim asks `document`, and so breaks in tests under jsdom.
 */
const importMetaUrl: Options = isProgram
  ? {
      define: { "import.meta.url": "importMetaUrl" },
      banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    }
  : { define: { "import.meta.url": "__filename" } };

/** `await using` and what it calls are not in the libraries that older targets load; bundling drops the references of the sources. */
const DISPOSABLE = '/// <reference lib="esnext.disposable" />';

// Here and not by tsup: the three builds below run at the same time, and none may clear away another's files.
rmSync("dist", { recursive: true, force: true });

export default defineConfig([
  { ...shared, format: "esm", entry: { ...library, ...(isProgram && { main: "src/main.ts" }) } },
  // With `treeshake`, rollup writes the CommonJS chunks; without it sucrase would turn every `?.` and `??` into a call.
  { ...shared, format: "cjs", noExternal: esmOnly, treeshake: true, ...importMetaUrl },
  // The types of both in one pass: reading them is what takes the time.
  { ...shared, format: ["esm", "cjs"], dts: { only: true, banner: DISPOSABLE } },
]);
