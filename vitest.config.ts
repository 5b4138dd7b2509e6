import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Unit tests read the sources; the `packages` project reads what `npm pack` would publish. */
const alias = [
  { find: /^@gro\/([a-z-]+)$/, replacement: source("./packages/$1/src/index.ts") },
  { find: /^@gro\/([a-z-]+)\/([a-z-]+)$/, replacement: source("./packages/$1/src/$2/index.ts") },
];

export default defineConfig({
  test: {
    // The default leaves one core idle: half of the time on a machine with two.
    maxWorkers: "100%",
    // `isolate: false` below: no module keeps state, so that files of tests may share what they load; to load it for
    // each of two hundred files takes a fifth of the time.
    reporters: ["default", "./test/closing-line-reporter.ts"],
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/packages/**", "test/long/**", "test/postgres-store/**", "**/*.long.test.ts"],
          testTimeout: 60_000,
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "postgres",
          include: ["test/postgres-store/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          globalSetup: "test/postgres-store/set-up.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "postgres-13",
          include: ["test/postgres-store/**/*.test.ts"],
          // Its databases sort by the locales that its machine has.
          exclude: ["**/*.long.test.ts", "**/collation.test.ts"],
          globalSetup: "test/postgres-store/set-up-oldest.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
        },
      },
      {
        test: {
          name: "packages",
          include: ["test/packages/**/*.test.ts"],
          globalSetup: "test/packages/set-up.ts",
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "long",
          include: ["test/long/**/*.test.ts", "test/**/*.long.test.ts"],
          testTimeout: 900_000,
        },
      },
    ],
  },
});
