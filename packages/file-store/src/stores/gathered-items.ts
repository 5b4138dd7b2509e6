import type { EnqueueOutcome } from "@gro/queue";
import type { ItemFields } from "../fold/records.js";

type Kinds = readonly EnqueueOutcome["kind"][];

/** Keeps lines short enough to look at. */
const ITEMS_A_RECORD = 256;

/** A record that still takes items. */
interface OpenRecord {
  readonly items: ItemFields[];
  /** What became of each item, when they are durable. */
  readonly kinds: Promise<Kinds>;
}

/**
 * Puts the items of calls that wait for the disk together into as few records as there can be. A record for each of a hundred calls
 * takes twice the time to write, and to read again.
 */
export class GatheredItems {
  readonly #append: (takeItems: () => readonly ItemFields[]) => Promise<Kinds>;
  #open: OpenRecord | undefined;

  /** @param append writes a record, whose items it takes as late as it can, and answers what became of each */
  constructor(append: (takeItems: () => readonly ItemFields[]) => Promise<Kinds>) {
    this.#append = append;
  }

  /** Answers what became of each item, when they are durable. */
  async add(items: readonly ItemFields[]): Promise<Kinds> {
    if (items.length <= ITEMS_A_RECORD) return this.#put(items);
    const parts: Promise<Kinds>[] = [];
    for (let start = 0; start < items.length; start += ITEMS_A_RECORD) {
      parts.push(this.#put(items.slice(start, start + ITEMS_A_RECORD)));
    }
    return (await Promise.all(parts)).flat();
  }

  async #put(items: readonly ItemFields[]): Promise<Kinds> {
    if (this.#open !== undefined && this.#open.items.length + items.length > ITEMS_A_RECORD) {
      this.#open = undefined;
    }
    const record = (this.#open ??= this.#begin());
    const start = record.items.length;
    for (const item of items) record.items.push(item);
    const kinds = await record.kinds;
    return kinds.slice(start, start + items.length);
  }

  #begin(): OpenRecord {
    const items: ItemFields[] = [];
    const kinds = this.#append(() => {
      // From here on it is on its way.
      if (this.#open?.items === items) this.#open = undefined;
      return items;
    });
    return { items, kinds };
  }
}
