import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash, type Page } from "@gro/queue";
import { approximate } from "@gro/summarizer";

const TEXT = /\.(txt|md)$/u;

/**
 * A page for every text in a folder and those below it, in the order of their paths. A file is the same page for ever, whatever it
 * says: after an edit only its changed chunks are asked again.
 */
export async function pagesOfFolder(folder: string, createdAt: Date): Promise<Page[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => TEXT.test(name)).sort();
  const pages = names.map(async (label) => {
    const content = await readFile(join(folder, label), "utf8");
    const id = `pg_${contentHash(label).slice(0, 12)}`;
    const tokens = approximate().count(content);
    return { id, label, content, createdAt: createdAt.toISOString(), messageCount: 1, tokens };
  });
  return (await Promise.all(pages)).filter(({ content }) => content.trim() !== "");
}
