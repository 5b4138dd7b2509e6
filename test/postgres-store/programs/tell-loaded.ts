import { createRequire } from "node:module";

/** Tells when the process ends whether the driver was loaded: it is CommonJS, so whoever imports it leaves it in the cache. */
const { cache } = createRequire(import.meta.url);
process.on("exit", () => {
  const isLoaded = Object.keys(cache).some((path) => /[\\/]node_modules[\\/]pg[\\/]/u.test(path));
  process.stderr.write(`driver ${isLoaded ? "loaded" : "not loaded"}\n`);
});
