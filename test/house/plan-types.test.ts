import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/**
 * Beside the lint rules, the compiler itself keeps the plan pure: `tsconfig.plan.json` knows the language
 * and nothing of a browser or of Node. This compiles the plan with one more file in it.
 */
const packageFolder = fileURLToPath(new URL("../../packages/summarizer/", import.meta.url));
const snippetName = `${packageFolder}src/plan/snippet.ts`;

function asText(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
}

function readPlanConfig(): ts.ParsedCommandLine {
  const parsed = ts.getParsedCommandLineOfConfigFile(`${packageFolder}tsconfig.plan.json`, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic(diagnostic) {
      throw new Error(asText(diagnostic));
    },
  });
  if (parsed === undefined) throw new Error("tsconfig.plan.json cannot be read");
  return parsed;
}

function complaintsAbout(code: string): string[] {
  const { fileNames, options } = readPlanConfig();
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion) =>
    name === snippetName
      ? ts.createSourceFile(name, code, languageVersion)
      : getSourceFile(name, languageVersion);
  const program = ts.createProgram([...fileNames, snippetName], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(snippetName)).map(asText);
}

describe("the plan's types", () => {
  it("know nothing outside the language", () => {
    const names = [
      "fetch",
      "setTimeout",
      "process",
      "Buffer",
      "console",
      "crypto",
      "performance",
      "document",
    ];
    const complaints = complaintsAbout(names.map((name) => `void ${name};`).join("\n") + "\nexport {};");
    for (const name of names) {
      expect(complaints).toContainEqual(expect.stringContaining(`Cannot find name '${name}'`));
    }
  });

  it("know the language", () => {
    expect(complaintsAbout("export const last = [1, 2].toSorted().at(-1);")).toEqual([]);
  });
});
