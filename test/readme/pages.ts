import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

function readmesIn(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}/README.md`);
}

/** Every page that users read, from the root. */
export const pages: readonly string[] = [
  "README.md",
  ...readmesIn("packages"),
  "examples/README.md",
  ...readmesIn("examples"),
  ...readdirSync(`${root}docs`).map((name) => `docs/${name}`),
];
