import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";
import { directory } from "./given.js";
import { pages } from "./pages.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fileURLToPath(new URL("./generated/", import.meta.url));

interface Snippet {
  readonly name: string;
  readonly file: string;
  readonly code: string;
  /** `no-run` stands at what needs a key or a server: it is compiled all the same. */
  readonly isRun: boolean;
}

/** Names that the pages use without showing where they come from. */
const GIVEN = ["text", "directory", "callMyServer", "aiSdkModel", "langChainModel"];

/** Every TypeScript block of a page becomes a module, with what the page takes for granted imported. */
function writeSnippets(page: string): Snippet[] {
  const markdown = readFileSync(`${root}${page}`, "utf8");
  return Array.from(markdown.matchAll(/^```ts( no-run)?\n(.*?)^```$/gmsu), ([, mark, code = ""], index) => {
    const given = GIVEN.filter((name) => new RegExp(`\\b${name}\\b`).test(code.replaceAll(`.${name}`, "")));
    const imports = given.length === 0 ? "" : `import { ${given.join(", ")} } from "../given.js";\n`;
    const file = `${folder}${page.replaceAll("/", "-")}-${index + 1}.ts`;
    writeFileSync(file, `${imports}${code}\nexport {};\n`);
    return { name: `${page}, block ${index + 1}`, file, code, isRun: mark === undefined };
  });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const snippets = pages.flatMap(writeSnippets);
afterAll(() => {
  for (const path of [folder, directory]) rmSync(path, { recursive: true, force: true });
});

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

  it("are all compiled: no block of TypeScript is marked in another way", () => {
    const blocks = pages.flatMap(
      (page) => readFileSync(`${root}${page}`, "utf8").match(/^```(ts|typescript)\b/gmu) ?? [],
    );
    expect(snippets).toHaveLength(blocks.length);
  });

  it("show what they say of tagged lines in a conversation", async () => {
    const [{ file } = { file: "" }, ...others] = snippets.filter(({ code }) =>
      /updateConversationSummary[^]*summaryToKeep/u.test(code),
    );
    expect(others).toEqual([]);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    const shown = log.mock.calls.flat().join("\n");
    log.mockRestore();
    expect(shown).toMatch(
      /^Summary of the conversation so far:\n\n[^]+\nNever delete the ledger. @@important@@$/u,
    );
    expect(shown).not.toContain("heron");
  });

  it.each(snippets.filter(({ isRun }) => isRun))("run: $name", async ({ file }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    log.mockRestore();
  });
});
