import { importantLinesOf, textToSend, type ReadPage } from "@gro/queue";
import type { Counter } from "../messages/counter.js";
import type { PageEntry } from "./page-entry.js";

/** What the content of a page takes. */
export interface ContentTokens {
  /** What a model may read of it. */
  readonly tokens: number;
  /** Its important lines. */
  readonly important: number;
}

/** Remembers what pages take from the moment in which they were written, so that none is counted again to be queued and summarized. */
export class KnownContents {
  readonly #counter: () => Counter;
  readonly #known = new WeakMap<PageEntry, ContentTokens & { readonly contentHash: string }>();

  constructor(counter: () => Counter) {
    this.#counter = counter;
  }

  /** @param tokens of the content, where it is known */
  note(entry: PageEntry, content: string, contentHash: string, tokens?: number): ContentTokens {
    const counter = this.#counter();
    const important = importantLinesOf(content);
    const counts = {
      tokens: tokens ?? counter.text(textToSend(content)),
      important: important.length === 0 ? 0 : counter.text(important.join("\n")),
    };
    this.#known.set(entry, { ...counts, contentHash });
    return counts;
  }

  of(entry: PageEntry, { page, contentHash }: ReadPage): ContentTokens {
    const known = this.#known.get(entry);
    return known?.contentHash === contentHash ? known : this.note(entry, page.content, contentHash);
  }
}
