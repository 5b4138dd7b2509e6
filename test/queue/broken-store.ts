import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { build, type Plugin } from "esbuild";
import type { MakeStore } from "./replayed-store.js";

const sources = fileURLToPath(new URL("../../packages/queue/src/", import.meta.url));

/** A mistake in the store in memory: in one of its files something else is written. */
export interface Mistake {
  /** What is wrong with the store. */
  readonly name: string;
  /** Below packages/queue/src. */
  readonly file: string;
  /** What is written there, once. */
  readonly right: string;
  readonly wrong: string;
  /** The cases of the contract that must notice. */
  readonly foundBy: readonly string[];
}

/** Makes stores in memory that have the mistake in them. */
export async function storesWith({ file, right, wrong }: Mistake): Promise<MakeStore> {
  const spoil: Plugin = {
    name: "spoil",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const code = await readFile(path, "utf8");
        if (path !== `${sources}${file}`) return { contents: code, loader: "ts" };
        if (code.split(right).length !== 2) throw new Error(`${file} must say ${right} exactly once.`);
        return { contents: code.replace(right, () => wrong), loader: "ts" };
      });
    },
  };
  const { outputFiles } = await build({
    ...{ entryPoints: [`${sources}memory/memory-store.ts`], plugins: [spoil], logLevel: "silent" },
    ...{ bundle: true, write: false, format: "iife", globalName: "broken", target: "es2022" },
  });
  return runInThisContext(`${outputFiles[0]?.text ?? ""}; broken.memoryStore`) as MakeStore;
}
