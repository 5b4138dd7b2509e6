import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { contentHash, type Page } from "@gro/queue";
import { approximate } from "@gro/summarizer";

const TEXT = /\.(txt|md)$/u;

/** The text of a file; `undefined` for bytes that are none, whose summary would look like one. */
async function textIn(path: string): Promise<string | undefined> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    return text.includes("\0") ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * A page for every text in a folder and those below it, in the order of their paths. A file is the same page for ever, whatever it
 * says: after an edit only its changed chunks are asked again.
 * @param passOver is told which files are no text
 */
export async function pagesOfFolder(
  folder: string,
  createdAt: Date,
  passOver: (name: string) => void = () => undefined,
): Promise<Page[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => TEXT.test(name)).sort();
  const pages = names.map(async (label) => {
    const content = await textIn(join(folder, label));
    if (content === undefined) {
      passOver(label);
      return [];
    }
    const id = `pg_${contentHash(label).slice(0, 12)}`;
    const tokens = approximate().count(content);
    return { id, label, content, createdAt: createdAt.toISOString(), messageCount: 1, tokens };
  });
  return (await Promise.all(pages)).flat().filter(({ content }) => content.trim() !== "");
}
