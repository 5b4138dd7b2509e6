import { itemIdOf } from "@gro/queue";
import type { ItemFields } from "../records.js";

/** So many characters of a hash tell almost all contents apart. */
const TELLING_LENGTH = 16;

/**
 * Which item is that of a page with a content. Most contents belong to one page alone: a key of both, made for each of hundreds of
 * thousands of items, or even the hash as it is, would take a good part of the time that opening a store takes. Small numbers
 * take a third of that.
 */
export class ItemNumbers {
  readonly #fieldsOf: (number: number) => ItemFields | undefined;
  readonly #byDigest = new Map<number, number>();
  /** Items whose digest another item has, too, by their ids. */
  readonly #others = new Map<string, number>();

  /** @param fieldsOf of the items that are in here */
  constructor(fieldsOf: (number: number) => ItemFields | undefined) {
    this.#fieldsOf = fieldsOf;
  }

  find(pageId: string, contentHash: string): number | undefined {
    const number = this.#byDigest.get(digestOf(contentHash));
    if (number !== undefined) {
      const fields = this.#fieldsOf(number);
      if (fields?.pageId === pageId && fields.contentHash === contentHash) return number;
    }
    return this.#others.size === 0 ? undefined : this.#others.get(itemIdOf(pageId, contentHash));
  }

  /** Adds an item that `find` does not find. */
  add({ pageId, contentHash }: ItemFields, number: number): void {
    const digest = digestOf(contentHash);
    if (this.#byDigest.has(digest)) this.#others.set(itemIdOf(pageId, contentHash), number);
    else this.#byDigest.set(digest, number);
  }

  remove({ pageId, contentHash }: ItemFields, number: number): void {
    const digest = digestOf(contentHash);
    if (this.#byDigest.get(digest) === number) this.#byDigest.delete(digest);
    else this.#others.delete(itemIdOf(pageId, contentHash));
  }
}

/** A number of 30 bits, which engines keep in place: those of equal texts are equal. */
function digestOf(contentHash: string): number {
  const length = Math.min(contentHash.length, TELLING_LENGTH);
  let digest = 0;
  for (let index = 0; index < length; index += 1) {
    digest = (Math.imul(digest, 31) + contentHash.charCodeAt(index)) | 0;
  }
  return digest & 0x3fffffff;
}
