import { reasonOf } from "@gro/summarizer/executor";
import type { DeadLetter, QueueStore } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import type { PageEntry } from "./page-entry.js";

/** A store of a host's own may be a queue to write to, and no more. */
function tellsOfDead(queue: Partial<QueueStore> | undefined): queue is QueueStore {
  return typeof queue?.stats === "function" && typeof queue.deadLetters === "function";
}

/** Finds the pages that the worker has given up: nobody summarizes them until somebody queues them again. */
export class GivenUpPages {
  readonly #workshop: Workshop;
  /** When those died of which the host knows. */
  readonly #told = new WeakMap<PageEntry, number>();

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  /** Tells each death once. Never rejects. */
  async look(): Promise<void> {
    const waiting = this.#workshop.shelf.pending.filter(({ isQueued }) => isQueued);
    if (waiting.length === 0) return;
    try {
      const { queue } = await this.#workshop.store();
      if (!tellsOfDead(queue) || (await queue.stats()).dead === 0) return;
      const letters = new Map((await queue.deadLetters()).map((letter) => [letter.item.pageId, letter]));
      for (const entry of waiting) this.#tell(entry, letters.get(entry.pageId));
    } catch (error) {
      // Pages wait as before: what cannot be looked at now is looked at with the next context.
      const message = `It could not be seen whether the worker has given up pages: ${reasonOf(error)}`;
      this.#workshop.teller.warn("page_queue_failed", message);
    }
  }

  #tell(entry: PageEntry, letter: DeadLetter | undefined): void {
    if (letter === undefined || this.#told.get(entry) === letter.diedAt) return;
    this.#told.set(entry, letter.diedAt);
    const { code, message } = letter.reason;
    const told = `The worker has given up a page (${code}): ${message} requeue() lets it be tried again.`;
    this.#workshop.teller.warn("summary_given_up", told, entry.pageId);
  }
}
