import { itemIdOf } from "@gro/queue";
import type { ItemFields } from "../records.js";

/**
 * Which item is that of a page with a content. Most contents belong to one page alone: a key of both, made for each of hundreds of
 * thousands of items, would take a good part of the time that opening a store takes.
 */
export class ItemNumbers {
  readonly #fieldsOf: (number: number) => ItemFields | undefined;
  readonly #byHash = new Map<string, number>();
  /** Items whose content another page has, too, by their ids. */
  readonly #others = new Map<string, number>();

  /** @param fieldsOf of the items that are in here */
  constructor(fieldsOf: (number: number) => ItemFields | undefined) {
    this.#fieldsOf = fieldsOf;
  }

  find(pageId: string, contentHash: string): number | undefined {
    const number = this.#byHash.get(contentHash);
    if (number !== undefined && this.#fieldsOf(number)?.pageId === pageId) return number;
    return this.#others.size === 0 ? undefined : this.#others.get(itemIdOf(pageId, contentHash));
  }

  /** Adds an item that `find` does not find. */
  add({ pageId, contentHash }: ItemFields, number: number): void {
    if (this.#byHash.has(contentHash)) this.#others.set(itemIdOf(pageId, contentHash), number);
    else this.#byHash.set(contentHash, number);
  }

  remove({ pageId, contentHash }: ItemFields, number: number): void {
    if (this.#byHash.get(contentHash) === number) this.#byHash.delete(contentHash);
    else this.#others.delete(itemIdOf(pageId, contentHash));
  }
}
