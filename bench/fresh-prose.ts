import { seededRandom } from "../test/support/prose.js";

/** Of so many words of prose, one is new: names, numbers and misspellings go on and on, however long a text is. */
const WORDS_TO_A_FRESH_ONE = 40;

function freshWord(random: () => number): string {
  const length = 5 + Math.floor(random() * 5);
  return Array.from({ length }, () => String.fromCharCode(0x61 + Math.floor(random() * 26))).join("");
}

/** The same words in another order, some of them replaced. White space stays where it is. */
function retold(paragraph: string, random: () => number): string {
  const words = paragraph.match(/\S+/gu) ?? [];
  for (let last = words.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [words[last], words[other]] = [words[other] ?? "", words[last] ?? ""];
  }
  let next = 0;
  return paragraph.replace(/\S+/gu, () => {
    const word = words[next++] ?? "";
    return random() * WORDS_TO_A_FRESH_ONE < 1 ? freshWord(random) : word;
  });
}

/**
 * Prose that does not repeat itself, of so many bytes in UTF-8, as one flat string: the book's paragraphs again and again, each time with
 * its words in another order and one of forty a word that stands nowhere else. The same in every run.
 */
export function freshProse(book: string, bytes: number): string {
  const random = seededRandom(bytes);
  const paragraphs = book.split(/(?<=\n\r?\n)/u);
  const buffer = Buffer.alloc(bytes, " ");
  let written = 0;
  for (let index = 0; written < bytes; index += 1) {
    const paragraph = paragraphs[index % paragraphs.length] ?? "";
    if (written + 2 * Buffer.byteLength(paragraph) > bytes) break;
    written += buffer.write(retold(paragraph, random), written);
  }
  return buffer.toString("utf8");
}
