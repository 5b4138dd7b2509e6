import type { Context, MemoryPage } from "@gro/virtual-memory";
import { expect } from "vitest";

const SUMMARY = /^\[Summary of [^\n]*?@@ref\('(pg_[0-9a-f]{12})'\)@@/gmu;
const LEFT_OUT = /^\[(\d+) more important lines? (?:is|are) in /gmu;

function isImportant(line: string): boolean {
  return line.includes("@@important@@");
}

/** The important lines of all pages of messages that a page stands for, through any number of summaries of summaries. */
export function importantUnder(pageId: string, pages: readonly MemoryPage[]): Set<string> {
  const byId = new Map(pages.map((page) => [page.id, page]));
  const lines = new Set<string>();
  const seen = new Set<string>();
  const next = [pageId];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    const page = byId.get(id);
    if (page === undefined || seen.has(id)) continue;
    seen.add(id);
    const under = Array.from(page.content.matchAll(SUMMARY), ([, inner = ""]) => inner);
    next.push(...under);
    // What a page of summaries says of its own accord does not count: what they were made of does.
    if (under.length === 0) for (const line of page.content.split("\n").filter(isImportant)) lines.add(line);
  }
  return lines;
}

/** How many important lines a text says are not in it. */
export function leftOutSaidIn(text: string): number {
  return Array.from(text.matchAll(LEFT_OUT), ([, count]) => Number(count)).reduce(
    (sum, count) => sum + count,
    0,
  );
}

function missingFrom(text: string, lines: ReadonlySet<string>): number {
  const present = new Set(text.split("\n"));
  return [...lines].filter((line) => !present.has(line)).length;
}

/**
 * Every important line of all that a page stands for is in its stored summary, through any number of folds, or counted there as left out;
 * and so it is in the context.
 */
export function checkImportant(pages: readonly MemoryPage[], context: Context, leastUnderFold: number): void {
  const mostUnderFold = pages
    .filter(({ label }) => label.startsWith("summaries"))
    .map(({ id }) => importantUnder(id, pages).size);
  expect(
    Math.max(0, ...mostUnderFold),
    "important lines under one summary of summaries",
  ).toBeGreaterThanOrEqual(leastUnderFold);
  for (const { id, label, summary } of pages) {
    expect(summary?.trim(), id).toMatch(/\S/u);
    expect(leftOutSaidIn(summary ?? ""), `left out of the summary of ${label}`).toBe(
      missingFrom(summary ?? "", importantUnder(id, pages)),
    );
  }
  for (const { kind, pageId, message } of context.parts) {
    if (kind !== "summary" || pageId === null) continue;
    expect(leftOutSaidIn(message.content), `left out of what is shown of ${pageId}`).toBe(
      missingFrom(message.content, importantUnder(pageId, pages)),
    );
  }
}
