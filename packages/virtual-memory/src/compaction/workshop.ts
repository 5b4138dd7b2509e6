import type { PageStore, QueueStore } from "@gro/queue";
import type { Counter } from "../messages/counter.js";
import type { Limits } from "../options/limits.js";
import type { KnownContents } from "../summaries/content-tokens.js";
import type { Shelf } from "../summaries/shelf.js";
import type { Teller } from "../teller.js";
import type { Units } from "../working/units.js";

/** Where pages are, and the queue of those that wait for their summaries. */
export interface MemoryStore {
  /** A `fileStore(directory)` and a `memoryStore()` have both. */
  readonly pages: PageStore;
  /** Needed for batch summarization only. */
  readonly queue?: QueueStore | undefined;
  /** Called by `VirtualMemory.close` where `openStore` has opened it. */
  close?(): Promise<void>;
}

/** What all parts of a memory work on. */
export interface Workshop {
  readonly limits: Limits;
  readonly units: Units;
  readonly shelf: Shelf;
  readonly teller: Teller;
  readonly contents: KnownContents;
  /** Ready once `open` has resolved. */
  readonly counter: () => Counter;
  /** The store, opened when it is first needed. */
  readonly store: () => Promise<MemoryStore>;
  readonly pageIdOf: (content: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What everything in working memory takes. */
export function workingTokens({ units, shelf }: Workshop): number {
  return units.tokens + shelf.tokens;
}
