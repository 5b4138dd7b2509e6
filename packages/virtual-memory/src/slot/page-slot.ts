import { reasonOf } from "@gro/summarizer/executor";
import { isPageId } from "@gro/queue";
import type { Workshop } from "../compaction/workshop.js";
import type { PageRequest } from "../markers/page-requests.js";
import { MESSAGE_TOKENS } from "../messages/counter.js";
import { FramedPages, type FramedPage } from "./framed-pages.js";
import { PageReader } from "./page-reader.js";
import { boundedNotice, cutPage } from "./page-text.js";

/** Requests that wait for the next context. Of more, the oldest are forgotten. */
const MOST_REQUESTS = 256;

export interface SlotState {
  /** In the order of their loading, the oldest first. */
  readonly loaded: readonly string[];
  readonly pinned: readonly string[];
  readonly requests: readonly PageRequest[];
}

/** A page as it is shown. */
export interface SlotPart {
  readonly kind: "page" | "notice";
  readonly pageId: string | null;
  readonly text: string;
  readonly tokens: number;
}

/** The pages that are loaded, within their budget: the oldest give way to new ones, pinned pages never do. */
export class PageSlot {
  readonly #workshop: Workshop;
  readonly #framed: FramedPages;
  #loaded: string[] = [];
  #pinned = new Set<string>();
  #requests: PageRequest[] = [];
  /** What the model that chats is told in the next context. */
  #notices: string[] = [];

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.#framed = new FramedPages(workshop);
  }

  get state(): SlotState {
    return { loaded: [...this.#loaded], pinned: [...this.#pinned], requests: [...this.#requests] };
  }

  restore({ loaded, pinned, requests }: SlotState): void {
    this.#loaded = [...loaded];
    this.#pinned = new Set(pinned);
    this.#requests = [...requests];
  }

  request(requests: readonly PageRequest[]): void {
    this.#requests = [...this.#requests, ...requests].slice(-MOST_REQUESTS);
  }

  /** Follows the requests since the last time and shows what is loaded then. */
  async parts(): Promise<readonly SlotPart[]> {
    if (this.#requests.length === 0 && this.#loaded.length === 0) return [];
    const requests = this.#requests;
    let reader: PageReader;
    try {
      reader = new PageReader((await this.#workshop.store()).pages);
    } catch (error) {
      this.#workshop.teller.warn("page_read_failed", `No page could be read: ${reasonOf(error)}`);
      return [];
    }
    this.#requests = this.#requests.slice(requests.length);
    this.#notices = [];
    for (const request of requests) await this.#follow(request, reader);
    return this.#show(reader);
  }

  async #follow({ kind, pageId }: PageRequest, reader: PageReader): Promise<void> {
    const { teller } = this.#workshop;
    if (kind === "unpin") {
      this.#pinned.delete(pageId);
    } else if (kind === "unref") {
      if (this.#pinned.has(pageId)) {
        teller.warn("page_pinned", "A pinned page is not closed: unpin it first.", pageId);
        this.#notices.push(`Page ${pageId} is pinned and stays open.`);
      } else if (this.#loaded.includes(pageId)) {
        this.#unload(pageId);
      }
    } else if (typeof (await this.#look(pageId, reader)) === "object") {
      // Asked for again, it is the newest.
      if (!this.#loaded.includes(pageId)) teller.emit("loaded", { pageId });
      this.#loaded = [...this.#loaded.filter((other) => other !== pageId), pageId];
      if (kind === "pin") await this.#pin(pageId, reader);
    }
  }

  async #look(pageId: string, reader: PageReader): Promise<FramedPage | "missing" | "unreadable"> {
    const { teller } = this.#workshop;
    try {
      const found = isPageId(pageId) ? await reader.read(pageId) : undefined;
      if (found !== undefined) return this.#framed.frame(found);
      teller.warn("page_unknown", "A page was asked for that there is not.", pageId);
      this.#notices.push(`There is no page ${pageId}.`);
      return "missing";
    } catch (error) {
      teller.warn("page_read_failed", `A page could not be read: ${reasonOf(error)}`, pageId);
      this.#notices.push(`Page ${pageId} could not be read.`);
      return "unreadable";
    }
  }

  async #pin(pageId: string, reader: PageReader): Promise<void> {
    const { limits, teller } = this.#workshop;
    let tokens = 0;
    for (const pinned of new Set([...this.#pinned, pageId])) {
      const page = await this.#look(pinned, reader);
      if (typeof page === "object") tokens += page.tokens;
    }
    if (tokens <= limits.slot) {
      this.#pinned.add(pageId);
      return;
    }
    teller.warn("pin_refused", "There is no room for another pinned page.", pageId);
    this.#notices.push(`Page ${pageId} is open but not pinned: pinned pages would fill the page slot.`);
  }

  #unload(pageId: string): void {
    this.#loaded = this.#loaded.filter((other) => other !== pageId);
    this.#pinned.delete(pageId);
    this.#workshop.teller.emit("unloaded", { pageId });
  }

  /** Pinned pages come first, then the newest, as long as there is room; older ones are closed. */
  async #show(reader: PageReader): Promise<readonly SlotPart[]> {
    const { limits, teller } = this.#workshop;
    const newestFirst = this.#loaded.toReversed();
    const byRank = [
      ...newestFirst.filter((pageId) => this.#pinned.has(pageId)),
      ...newestFirst.filter((pageId) => !this.#pinned.has(pageId)),
    ];
    const readable = new Map<string, FramedPage>();
    for (const pageId of byRank) {
      const page = await this.#look(pageId, reader);
      if (page === "missing") this.#unload(pageId);
      // What cannot be read just now stays loaded: it may be there the next time.
      else if (page !== "unreadable") readable.set(pageId, page);
    }
    const notice = this.#noticePart();
    let room = limits.slot - (notice?.tokens ?? 0);
    let isFull = false;
    let isNewest = true;
    const shown = new Map<string, SlotPart>();
    for (const [pageId, page] of readable) {
      const isPinned = this.#pinned.has(pageId);
      const part = isFull && !isPinned ? undefined : this.#part(page, room, isPinned || isNewest);
      if (!isPinned) isNewest = false;
      if (part === undefined) {
        isFull = true;
        this.#unload(pageId);
        teller.warn("page_evicted", "A page was closed to make room for others.", pageId);
      } else {
        room -= part.tokens;
        shown.set(pageId, part);
      }
    }
    this.#framed.keepOnly(this.#loaded);
    const inOrder = this.#loaded.flatMap((pageId) => shown.get(pageId) ?? []);
    return notice === undefined ? inOrder : [...inOrder, notice];
  }

  /** @param mayBeCut whether a part of the page is better than nothing: for the one that was asked for last */
  #part({ found, note, text, tokens }: FramedPage, room: number, mayBeCut: boolean): SlotPart | undefined {
    const { teller, counter } = this.#workshop;
    const pageId = found.page.id;
    if (tokens <= room) return { kind: "page", pageId, text, tokens };
    const cut = mayBeCut ? cutPage(found.page, note, room - MESSAGE_TOKENS, counter()) : undefined;
    if (cut === undefined) return undefined;
    teller.warn("page_cut", "A page is larger than the page slot: its beginning is shown.", pageId);
    return { kind: "page", pageId, text: cut, tokens: this.#tokensOf(cut) };
  }

  #noticePart(): SlotPart | undefined {
    const { limits, counter } = this.#workshop;
    const text = boundedNotice(this.#notices, Math.floor(limits.slot / 4), counter());
    return text === "" ? undefined : { kind: "notice", pageId: null, text, tokens: this.#tokensOf(text) };
  }

  #tokensOf(text: string): number {
    return MESSAGE_TOKENS + this.#workshop.counter().text(text);
  }
}
