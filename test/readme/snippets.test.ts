import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fileURLToPath(new URL("./generated/", import.meta.url));

interface Snippet {
  readonly name: string;
  readonly file: string;
}

/** Every TypeScript block of a page becomes a module, with what the page takes for granted imported. */
function writeSnippets(page: string): Snippet[] {
  const markdown = readFileSync(`${root}${page}`, "utf8");
  return Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gmsu), ([, code = ""], index) => {
    const given = ["text", "callMyServer"].filter((name) =>
      new RegExp(`\\b${name}\\b`).test(code.replaceAll(`.${name}`, "")),
    );
    const imports = given.length === 0 ? "" : `import { ${given.join(", ")} } from "../given.js";\n`;
    const file = `${folder}${page.replaceAll("/", "-")}-${index + 1}.ts`;
    writeFileSync(file, `${imports}${code}\nexport {};\n`);
    return { name: `${page}, block ${index + 1}`, file };
  });
}

const pages = ["README.md", ...readdirSync(`${root}packages`).map((name) => `packages/${name}/README.md`)];
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const snippets = pages.flatMap(writeSnippets);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the snippets of the READMEs", () => {
  it("are there", () => {
    expect(snippets.length).toBeGreaterThan(6);
  });

  it("compile", { timeout: 120_000 }, () => {
    const config: unknown = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)).config;
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const program = ts.createProgram({
      rootNames: snippets.map(({ file }) => file),
      options: { ...options, noUnusedLocals: false },
    });
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText, start }) => {
      const line = file === undefined ? 0 : ts.getLineAndCharacterOfPosition(file, start ?? 0).line + 1;
      return `${file?.fileName.slice(folder.length) ?? ""}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
    expect(problems).toEqual([]);
  });

  it.each(snippets)("run: $name", async ({ file }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    log.mockRestore();
  });
});
