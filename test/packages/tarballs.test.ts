import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, inject, it } from "vitest";
import { node } from "./command.js";
import { root } from "./tarball.js";

const workspaceOf = (name: string) => join(root, "packages", name.replace("@gro/", ""));

describe.each(inject("tarballs"))("$name, as npm would publish it", ({ name, path, bytes, files }) => {
  it("brings a README and the license", async () => {
    expect(files).toEqual(expect.arrayContaining(["README.md", "LICENSE", "package.json"]));
    const license = await readFile(join(root, "LICENSE"), "utf8");
    expect(await readFile(join(workspaceOf(name), "LICENSE"), "utf8")).toBe(license);
  });

  it("brings what is built and nothing of the workshop", () => {
    const expected =
      /^(dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)(\.map)?|bin\/[\w-]+\.js|README\.md|LICENSE|THIRD-PARTY-LICENSES\.txt|package\.json)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(bytes).toBeLessThan(600_000);
  });

  it("brings the license of every package that its CommonJS build carries", async () => {
    const installed = join(inject("consumerFolder"), "node_modules", name);
    for (const file of files.filter((file) => file.endsWith(".cjs.map"))) {
      const { sources } = JSON.parse(await readFile(join(installed, file), "utf8")) as {
        readonly sources: string[];
      };
      for (const source of sources.filter((source) => source.includes("node_modules/"))) {
        const carried = /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(source)?.[1];
        expect(await readFile(join(installed, "THIRD-PARTY-LICENSES.txt"), "utf8")).toContain(carried);
      }
    }
  });

  it("has no problem that publint knows", async () => {
    const tarball = new Uint8Array(await readFile(path)).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it("has types that resolve in every way of importing", async () => {
    const program = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    // It ends with an error when it finds a problem. TypeScript's `node10` knows no `exports`, and is left out.
    const report = await node([program, path, "--profile", "node16", "--no-definitely-typed"], root);
    expect(report).toContain(name);
  });
});
