import { MESSAGE_TOKENS, type Counter } from "../messages/counter.js";
import type { Limits } from "../options/limits.js";
import { backlogText } from "./entry-texts.js";
import type { PageEntry } from "./page-entry.js";

/** What stands in the context for pages. */
export interface ShelfPart {
  readonly kind: "summary" | "placeholder";
  readonly text: string;
  readonly tokens: number;
  /** `null` where it stands for many pages. */
  readonly pageId: string | null;
}

interface BacklogPart {
  /** The texts of the entries that it stands for. */
  readonly of: readonly string[];
  readonly text: string;
  readonly tokens: number;
}

/**
 * The pages that stand in the context in place of their messages.
 *
 *   shown ──pending and too many──▶ backlog ──all of it summarized, or enough of it──▶ folded into one page, which is shown
 *     └──summarized and too many──▶ folded into one page, which is shown
 */
export class Shelf {
  readonly #limits: Limits;
  readonly #counter: () => Counter;
  readonly #known = new WeakMap<PageEntry, { readonly text: string; readonly tokens: number }>();
  #knownBacklog: BacklogPart | undefined;
  /** One part each, the oldest first. */
  #shown: PageEntry[] = [];
  /** One placeholder together, however many. */
  #backlog: PageEntry[] = [];
  /** Pages of messages that are still in the context, shortened: nothing of them is shown here. */
  #asides: PageEntry[] = [];

  constructor(limits: Limits, counter: () => Counter) {
    this.#limits = limits;
    this.#counter = counter;
  }

  get shown(): readonly PageEntry[] {
    return this.#shown;
  }

  get backlog(): readonly PageEntry[] {
    return this.#backlog;
  }

  get asides(): readonly PageEntry[] {
    return this.#asides;
  }

  get pending(): readonly PageEntry[] {
    return [...this.#backlog, ...this.#shown, ...this.#asides].filter(({ state }) => state === "pending");
  }

  /** A page that is there twice, because the same was said again, is shown twice: each stands for other messages. */
  show(entries: readonly PageEntry[]): void {
    this.#shown = [...this.#shown, ...entries].sort((one, other) => one.order - other.order);
  }

  putAside(entries: readonly PageEntry[]): void {
    this.#asides.push(...entries);
  }

  /** Asides are followed only until they have their summary. */
  forgetReadyAsides(): void {
    this.#asides = this.#asides.filter(({ state }) => state === "pending");
  }

  remove(gone: ReadonlySet<PageEntry>): void {
    this.#shown = this.#shown.filter((entry) => !gone.has(entry));
    this.#backlog = this.#backlog.filter((entry) => !gone.has(entry));
  }

  moveToBacklog(entry: PageEntry): void {
    this.#shown = this.#shown.filter((other) => other !== entry);
    this.#backlog = [...this.#backlog, entry].sort((one, other) => one.order - other.order);
  }

  moveToShown(entry: PageEntry): void {
    this.#backlog = this.#backlog.filter((other) => other !== entry);
    this.show([entry]);
  }

  restore(shown: readonly PageEntry[], backlog: readonly PageEntry[], asides: readonly PageEntry[]): void {
    this.#shown = [...shown];
    this.#backlog = [...backlog];
    this.#asides = [...asides];
  }

  parts(): readonly ShelfPart[] {
    const parts = this.#shown.map((entry): ShelfPart => {
      const { state, text, pageId } = entry;
      const kind = state === "ready" ? "summary" : "placeholder";
      return { kind, text, tokens: this.tokensOf(entry), pageId };
    });
    if (this.#backlog.length === 0) return parts;
    const { text, tokens } = this.#backlogPart();
    return [{ kind: "placeholder", text, tokens, pageId: null }, ...parts];
  }

  /** What an entry takes by itself; counted once for each text. */
  tokensOf(entry: PageEntry): number {
    const known = this.#known.get(entry);
    if (known?.text === entry.text) return known.tokens;
    const tokens = this.#textTokens(entry.text);
    this.#known.set(entry, { text: entry.text, tokens });
    return tokens;
  }

  get tokens(): number {
    const shown = this.#shown.reduce((sum, entry) => sum + this.tokensOf(entry), 0);
    return this.#backlog.length === 0 ? shown : shown + this.#backlogPart().tokens;
  }

  /** Made anew when an entry of the backlog says something else, or there are others. */
  #backlogPart(): BacklogPart {
    const of = this.#backlog.map(({ text }) => text);
    const known = this.#knownBacklog;
    const isSame = known?.of.length === of.length && known.of.every((text, index) => text === of[index]);
    if (known !== undefined && isSame) return known;
    const text = backlogText(this.#backlog, this.#limits, this.#counter());
    this.#knownBacklog = { of, text, tokens: this.#textTokens(text) };
    return this.#knownBacklog;
  }

  #textTokens(text: string): number {
    return MESSAGE_TOKENS + this.#counter().text(text);
  }
}
