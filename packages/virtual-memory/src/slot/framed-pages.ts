import { textToSend, type ReadPage } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import { MESSAGE_TOKENS } from "../messages/counter.js";
import { framePage, isEdited } from "./page-text.js";

/** A page as the slot shows it whole. */
export interface FramedPage {
  readonly found: ReadPage;
  /** What is said of it in its first line, or the empty string. */
  readonly note: string;
  readonly text: string;
  readonly tokens: number;
}

/** Pages with what stands around them; a page that stays loaded is framed and counted once. */
export class FramedPages {
  readonly #workshop: Workshop;
  readonly #framed = new Map<string, FramedPage>();

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  frame(found: ReadPage): FramedPage {
    const { page, contentHash } = found;
    const known = this.#framed.get(page.id);
    if (known?.found.contentHash === contentHash && known.found.page.label === page.label) return known;
    const { teller, counter, pageIdOf } = this.#workshop;
    const note = isEdited(page, pageIdOf) ? "; it was edited since it was written" : "";
    if (note !== "") {
      teller.warn("page_edited", "A page says something else than when it was written.", page.id);
    }
    const text = framePage(page, textToSend(page.content), note);
    const framed = { found, note, text, tokens: MESSAGE_TOKENS + counter().text(text) };
    this.#framed.set(page.id, framed);
    return framed;
  }

  /** Forgets all pages but these. */
  keepOnly(pageIds: readonly string[]): void {
    for (const pageId of this.#framed.keys()) if (!pageIds.includes(pageId)) this.#framed.delete(pageId);
  }
}
