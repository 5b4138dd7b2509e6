import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What stands for a page's content wherever it must be told from another: its SHA-256 in UTF-8, as 64 hexadecimal digits. */
export function contentHash(content: string): string {
  return bytesToHex(sha256(utf8ToBytes(content)));
}

/** The id of a queue item: the same page with the same content is the same item. */
export function itemIdOf(pageId: string, hash: string): string {
  return `${pageId}@${hash}`;
}
