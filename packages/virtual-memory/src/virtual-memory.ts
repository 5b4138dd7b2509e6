import { InvalidOptionError, type Tokenizer } from "@gro/summarizer";
import { prepareTokenizer } from "@gro/summarizer/executor";
import { isPageId } from "@gro/queue";
import { compact, type CompactionReport } from "./compaction/compact.js";
import { workingTokens, type MemoryStore, type Workshop } from "./compaction/workshop.js";
import type { Context, ContextPart } from "./context/context.js";
import { textPart, workingParts } from "./context/working-parts.js";
import { Exclusive } from "./exclusive.js";
import { pageRequestsIn, type PageRequestKind } from "./markers/page-requests.js";
import type { ChatMessage } from "./messages/chat-message.js";
import { checkMessage } from "./messages/check-message.js";
import { Counter } from "./messages/counter.js";
import { resolveOptions, type ResolvedOptions } from "./options/resolve-options.js";
import type { VirtualMemoryOptions } from "./options/virtual-memory-options.js";
import { OwnWorker } from "./own-worker.js";
import { PageSlot } from "./slot/page-slot.js";
import { STATE_VERSION, type VirtualMemoryState } from "./state/memory-state.js";
import { readState } from "./state/read-state.js";
import { KnownContents } from "./summaries/content-tokens.js";
import { enqueueEntries } from "./summaries/enqueue-pages.js";
import { GivenUpPages } from "./summaries/given-up-pages.js";
import { InlineSummarizer } from "./summaries/inline-summarizer.js";
import { lookForSummaries } from "./summaries/look-for-summaries.js";
import { Shelf } from "./summaries/shelf.js";
import { Teller } from "./teller.js";
import { Units } from "./working/units.js";

/** So often a context is compacted before it is taken as it is: summaries may come while that goes on. */
const MOST_PASSES = 4;

/**
 * The memory of a chat of any length within a budget. Older messages become pages, which stay in a store for ever; in the context a
 * summary stands for each, with a `@@ref('pg_…')@@` by which the model that chats can have the page back.
 *
 * Methods may be called while others are under way: messages keep the order of the calls.
 */
export class VirtualMemory {
  readonly #options: ResolvedOptions;
  readonly #workshop: Workshop;
  readonly #slot: PageSlot;
  readonly #inline: InlineSummarizer | undefined;
  readonly #worker: OwnWorker | undefined;
  readonly #givenUp: GivenUpPages;
  readonly #systemPrompt: ChatMessage | undefined;
  readonly #exclusive = new Exclusive();
  /** A compaction that has not begun: it will see everything that comes until then. */
  #nextPass: Promise<CompactionReport> | undefined;
  #ready: Promise<void> | undefined;
  #counter: Counter | undefined;
  #opened: Promise<MemoryStore> | undefined;
  #nextOrder = 0;

  /** @throws InvalidOptionError that names the option, the value and what is allowed. */
  constructor(options: VirtualMemoryOptions) {
    const resolved = resolveOptions(options);
    const { limits, clock, pageIdOf, mode, systemPrompt } = resolved;
    const counter = () => this.#counter ?? new Counter(resolved.tokenizer);
    this.#options = resolved;
    this.#systemPrompt = systemPrompt === undefined ? undefined : { role: "system", content: systemPrompt };
    this.#workshop = {
      ...{ limits, counter, pageIdOf },
      units: new Units(counter),
      shelf: new Shelf(limits, counter),
      teller: new Teller(resolved.events),
      contents: new KnownContents(counter),
      store: () => this.#store(),
      now: () => clock.now(),
    };
    this.#slot = new PageSlot(this.#workshop);
    this.#givenUp = new GivenUpPages(this.#workshop);
    this.#inline =
      mode.kind === "inline"
        ? new InlineSummarizer(this.#workshop, mode.model, mode.options, clock)
        : undefined;
    const start = mode.kind === "batch" ? mode.startWorker : undefined;
    this.#worker = start === undefined ? undefined : new OwnWorker(start, this.#workshop.teller, clock);
  }

  /**
   * A memory as `toState` of another one left it. The pages are in the store; the options may be others.
   * @param state what `toState` gave, also after a way through JSON
   * @throws InvalidOptionError for options or a state that cannot be read, with the field's name
   */
  static fromState(state: unknown, options: VirtualMemoryOptions): VirtualMemory {
    const { nextOrder, units, shown, backlog, asides, slot } = readState(state);
    const memory = new VirtualMemory(options);
    memory.#nextOrder = nextOrder;
    memory.#workshop.units.restore(units);
    memory.#workshop.shelf.restore(shown, backlog, asides);
    memory.#slot.restore(slot);
    return memory;
  }

  /** Everything but the pages, as plain JSON, as it is at this moment. A page being written is not part of it yet: its messages are. */
  toState(): VirtualMemoryState {
    const { units, shelf } = this.#workshop;
    const state: VirtualMemoryState = {
      version: STATE_VERSION,
      nextOrder: this.#nextOrder,
      units: units.all.map(({ messages }) => messages),
      ...{ shown: shelf.shown, backlog: shelf.backlog, asides: shelf.asides },
      slot: this.#slot.state,
    };
    return structuredClone(state);
  }

  /**
   * Takes messages into working memory, at once and in their order; the promise resolves when working memory has been compacted, should
   * that be needed: with summaries made inline, when these are there too. It does not reject because a page could not be written or
   * summarized: that is told as a warning, and nothing is lost.
   *
   * Markers in messages of the assistant are followed with the next context.
   *
   * @throws InvalidOptionError for a message that is none; then nothing was taken.
   */
  async add(messages: ChatMessage | readonly ChatMessage[]): Promise<void> {
    const given: readonly unknown[] = Array.isArray(messages) ? messages : [messages];
    const place = (index: number) => (given.length === 1 ? "message" : `messages[${index}]`);
    const checked = given.map((message, index) => checkMessage(place(index), message));
    for (const message of checked) this.#take(message);
    await this.#load();
    const isOver = workingTokens(this.#workshop) > this.#workshop.limits.high;
    if (isOver) await this.#compact();
    if (isOver || this.#inline?.isDue === true) await this.#inline?.run();
  }

  /**
   * What to send to the model that chats: within the budgets, with every summary that has been written since the last context, and
   * with the pages that were asked for. Asks no model, and does not wait for one.
   */
  async assemble(): Promise<Context> {
    await this.#load();
    return this.#exclusive.run(async () => {
      if (this.#options.mode.kind === "batch") await this.#catchUp();
      const slot = await this.#slot.parts();
      await this.#shrink();
      return this.#contextOf(
        slot.map(({ kind, text, tokens, pageId }) => textPart(kind, text, tokens, pageId)),
      );
    });
  }

  /**
   * Pages everything but the most recent messages of each lane, whatever the watermarks say.
   * @throws what the store threw; nothing is lost then.
   */
  async compact(): Promise<CompactionReport> {
    await this.#load();
    const report = await this.#exclusive.run(() => this.#pass(true));
    await this.#inline?.run();
    if (report.failure !== undefined) throw report.failure.error;
    return { ...report, tokensAfter: workingTokens(this.#workshop) };
  }

  /**
   * Brings summaries up to date: with batch summarization looks for those that have been written; inline waits for those under way and
   * tries those again that have failed. Resolves to the number of pages that still wait.
   */
  async settle(): Promise<number> {
    await this.#load();
    if (this.#inline === undefined) await this.#exclusive.run(() => this.#catchUp());
    else await this.#inline.run(true);
    return this.#workshop.shelf.pending.length;
  }

  /**
   * Puts the pages that wait for a summary into the queue again: those that the worker has given up wait again, for others it changes
   * nothing. Resolves to their number.
   */
  async requeue(): Promise<number> {
    await this.#load();
    return this.#exclusive.run(async () => {
      const { pending } = this.#workshop.shelf;
      for (const entry of pending) entry.isQueued = false;
      await this.#enqueue();
      return pending.filter(({ isQueued }) => isQueued).length;
    });
  }

  /**
   * Waits for what is under way, stops the worker that `startWorker` has started, and closes the store, if `openStore` has opened it. A
   * memory that is used again opens and starts them again.
   * @throws what closing the store throws
   */
  async close(): Promise<void> {
    await this.#load();
    // Behind the compactions that were asked for before, whose pages the summaries are then made of.
    await this.#exclusive.run(() => Promise.resolve());
    await this.#inline?.run();
    await this.#exclusive.run(async () => {
      await this.#worker?.stop();
      const opened = this.#opened;
      this.#opened = undefined;
      if (this.#options.ownsStore) await (await opened)?.close?.();
    });
  }

  /** Loads a page with the next context, as `@@ref('…')@@` does. One that is there already becomes the newest. */
  ref(pageId: string): void {
    this.#request("ref", pageId);
  }

  /** Closes a page with the next context, as `@@unref('…')@@` does. A pinned page stays. */
  unref(pageId: string): void {
    this.#request("unref", pageId);
  }

  /** Loads a page and keeps it from being closed, as `@@pin('…')@@` does, if all pinned pages fit together. */
  pin(pageId: string): void {
    this.#request("pin", pageId);
  }

  /** Lets a pinned page be closed again, as `@@unpin('…')@@` does. It stays loaded. */
  unpin(pageId: string): void {
    this.#request("unpin", pageId);
  }

  #request(kind: PageRequestKind, pageId: string): void {
    if (!isPageId(pageId)) throw new InvalidOptionError("pageId", pageId, "a page's id");
    this.#slot.request([{ kind, pageId }]);
  }

  #take(message: ChatMessage): void {
    const { units, teller } = this.#workshop;
    units.append(message, this.#nextOrder);
    this.#nextOrder += 1;
    if (message.role !== "assistant") return;
    const { requests, malformed } = pageRequestsIn(message.content);
    this.#slot.request(requests);
    if (malformed > 0) teller.warn("marker_malformed", `${malformed} markers of a message name no page.`);
  }

  #load(): Promise<void> {
    this.#ready ??= this.#prepare(this.#options.tokenizer);
    return this.#ready;
  }

  async #prepare(given: Tokenizer): Promise<void> {
    const { tokenizer, warning } = await prepareTokenizer(given, undefined);
    if (warning !== undefined) this.#workshop.teller.warn("tokenizer_fallback", warning.message);
    this.#counter = new Counter(tokenizer);
  }

  #store(): Promise<MemoryStore> {
    if (this.#opened !== undefined) return this.#opened;
    const opened = Promise.resolve().then(() => this.#options.openStore());
    this.#opened = opened;
    // What could not be opened is opened again with the next need.
    opened.catch(() => (this.#opened = undefined));
    return opened;
  }

  /** One pass for all who ask before it begins: a burst of messages is compacted once. */
  #compact(): Promise<CompactionReport> {
    this.#nextPass ??= this.#exclusive.run(() => {
      this.#nextPass = undefined;
      return this.#pass(false);
    });
    return this.#nextPass;
  }

  /** Only where nothing else changes what stands in working memory. */
  async #pass(isForced: boolean): Promise<CompactionReport> {
    const report = await compact(this.#workshop, isForced);
    await this.#enqueue();
    return report;
  }

  async #enqueue(): Promise<void> {
    const { mode } = this.#options;
    if (mode.kind === "inline") return;
    const waiting = this.#workshop.shelf.pending.filter(({ isQueued }) => !isQueued);
    await enqueueEntries(this.#workshop, waiting, mode.request);
    if (this.#workshop.shelf.pending.length > 0) await this.#worker?.start();
  }

  async #catchUp(): Promise<void> {
    await lookForSummaries(this.#workshop);
    await this.#givenUp.look();
    await this.#enqueue();
  }

  /** Makes room before a context is taken; a summary that comes while that goes on may make it necessary again. */
  async #shrink(): Promise<void> {
    const { limits } = this.#workshop;
    let passes = 0;
    do {
      const { failure } = await this.#pass(false);
      passes += 1;
      if (failure !== undefined) break;
    } while (workingTokens(this.#workshop) > limits.working && passes < MOST_PASSES);
  }

  #contextOf(slot: readonly ContextPart[]): Context {
    const { shelf, teller, counter } = this.#workshop;
    const message = this.#systemPrompt;
    const system: ContextPart[] =
      message === undefined
        ? []
        : [{ kind: "system-prompt", message, tokens: counter().message(message), pageId: null }];
    const working = workingParts(this.#workshop);
    const sum = (of: readonly ContextPart[]) => of.reduce((total, { tokens }) => total + tokens, 0);
    const parts = [...system, ...slot, ...working];
    return {
      messages: parts.map(({ message }) => message),
      parts,
      usage: { systemPrompt: sum(system), pageSlot: sum(slot), workingMemory: sum(working) },
      pendingSummaries: shelf.pending.length,
      warnings: teller.take(),
    };
  }
}
