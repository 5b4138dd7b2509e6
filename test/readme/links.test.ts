import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { pages } from "./pages.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** As GitHub names headings. */
function anchorsOf(markdown: string): string[] {
  return Array.from(markdown.matchAll(/^#+ (.+)$/gmu), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Why a link leads nowhere, or `undefined`. */
function problemOf(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return `${page}: ${link}`;
  const readme = existsSync(join(target, "README.md")) ? join(target, "README.md") : target;
  if (anchor === undefined || anchorsOf(readFileSync(readme, "utf8")).includes(anchor)) return undefined;
  return `${page}: ${link} (no such heading)`;
}

describe("the links of the pages", () => {
  it("lead to files and headings that are there", () => {
    const problems = pages.flatMap((page) => {
      const markdown = readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```$/gmsu, "");
      const links = Array.from(markdown.matchAll(/\]\(([^)\s]+)\)/gu), ([, link = ""]) => link);
      return links.filter((link) => !/^https?:/u.test(link)).map((link) => problemOf(page, link));
    });
    expect(problems.length).toBeGreaterThan(20);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});
