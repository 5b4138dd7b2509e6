import { createHash } from "node:crypto";
import { isMissing, reasonOf } from "../errors/error-code.js";
import { closed } from "../errors/store-errors.js";
import type { MemoEntry, Place } from "../fold/memo-index.js";
import type { ChangeRecord, SealRecord } from "../fold/records.js";
import { contentsOf, type SegmentEnd, type StateContents } from "../fold/snapshot.js";
import type { StoreState } from "../fold/store-state.js";
import type { ResolvedOptions } from "../options.js";
import { CallCounter } from "./call-counter.js";
import { compact } from "./compaction.js";
import { newestSnapshot } from "./file-names.js";
import { JournalDirectory } from "./journal-directory.js";
import { JournalReader } from "./journal-reader.js";
import { JournalWriter } from "./journal-writer.js";
import { movedEntries, readLineText, whereItIs } from "./memo-lines.js";
import type { Segment } from "./segment.js";

/** Larger files take long to look at. */
const LARGEST_SEGMENT = 1 << 26;

/** The journal of a directory, as one of any number of processes that read and write it. Opens nothing before the first call. */
export class Journal {
  readonly #options: ResolvedOptions;
  readonly #directory: JournalDirectory;
  readonly #name: string;
  readonly #reader: JournalReader;
  readonly #writer: JournalWriter;
  readonly #calls = new CallCounter();
  #compacting: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @param path absolute */
  constructor(path: string, options: ResolvedOptions) {
    this.#options = options;
    this.#directory = new JournalDirectory(path, options.fileSystem);
    this.#name = nameFrom(options.randomId());
    this.#reader = new JournalReader(this.#directory, this.#name, {
      sealed: (segment, { by }) => {
        if (by === this.#name) this.#compactIfDue(segment);
      },
      broken: (file, error) => this.#writer.break(file, reasonOf(error), error),
    });
    this.#writer = new JournalWriter({
      ...{ reader: this.#reader, directory: this.#directory, name: this.#name },
      makeSeal: () => this.#makeSeal(),
      sealAt: () => this.#sealAt(),
    });
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#options.now();
  }

  randomId(): string {
    return this.#options.randomId();
  }

  /**
   * Runs a call of a store. `close` waits for it.
   *
   * @throws StoreError `store_closed`
   */
  call<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#closing === undefined ? this.#calls.count(work) : Promise.reject(closed());
  }

  /**
   * What the journal says as far as this process has read it, `undefined` before it has. That may be old: good enough for what is
   * decided when a record is folded.
   */
  get known(): StoreState | undefined {
    return this.#reader.isOpen ? this.#reader.state : undefined;
  }

  /** What the journal says now. */
  async latest(): Promise<StoreState> {
    await this.#reader.catchUp();
    return this.#reader.state;
  }

  /**
   * Appends a record. Resolves when it survives a loss of power, with what it came to in its place among the others'.
   *
   * @throws StoreError `store_failed`, `store_corrupt`, `store_newer_version`
   */
  append<Outcome>(
    record: ChangeRecord,
    fold: (state: StoreState, place: Place) => Outcome,
  ): Promise<Outcome> {
    return this.#writer.append(record, fold);
  }

  /** As `append`, of a record that is made when it is about to be written. */
  appendLate<Record extends ChangeRecord, Outcome>(
    make: () => Record,
    fold: (state: StoreState, record: Record, place: Place) => Outcome,
  ): Promise<Outcome> {
    return this.#writer.appendLate(make, fold);
  }

  /** Resolves when everything that was read, whoever wrote it, survives a loss of power. */
  settle(): Promise<void> {
    return this.#writer.settle();
  }

  /** The line with a completion, `undefined` when there is none. */
  async memoLine(key: string): Promise<string | undefined> {
    await this.#reader.catchUp();
    for (;;) {
      const entry = this.#reader.state.memo.get(key);
      if (entry === undefined) return undefined;
      const text = readLineText(this.#directory, entry);
      if (text !== undefined) return text;
      await this.#followMoved();
      const moved = this.#reader.state.memo.get(key);
      if (moved?.file.name === entry.file.name) return undefined;
    }
  }

  /** Ends the calls that have begun, and closes the files. Further calls are refused. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#calls.ended();
    await this.#writer.idle();
    await this.#compacting;
    try {
      this.#writer.note();
    } catch {
      // Only a hint for those who look for damage.
    }
    this.#reader.close();
  }

  #makeSeal(): SealRecord {
    const at = this.now();
    return { do: "seal", at, forgetBefore: at - this.#options.memoRetentionMs };
  }

  /** While much is live, compacting takes long, and should come seldom: files get larger. */
  #sealAt(): number {
    const { weight } = this.#reader.state;
    return Math.max(this.#options.segmentBytes, Math.min(weight / 4, LARGEST_SEGMENT));
  }

  /** Whoever ends a segment compacts, when most of what is there is dead. Nothing waits for it. */
  #compactIfDue(segment: Segment): void {
    if (this.#compacting !== undefined) return;
    try {
      if (!this.#isCompactionDue()) return;
    } catch (error) {
      this.#tell(error);
      return;
    }
    const contents = contentsOf(this.#reader.state);
    this.#compacting = this.#compact(segment.passed, contents);
  }

  #isCompactionDue(): boolean {
    const listing = this.#directory.list();
    const newest = newestSnapshot(listing);
    const files = listing.segments.filter(({ number }) => newest === undefined || number > newest.number);
    const sizes = [...files, ...(newest === undefined ? [] : [newest])].map((file) =>
      this.#sizeOf(file.name),
    );
    const live = this.#reader.state.weight;
    const dead = sizes.reduce((sum, size) => sum + size, 0) - live;
    return dead > Math.max(live, this.#options.segmentBytes / 2);
  }

  #sizeOf(name: string): number {
    try {
      return this.#options.fileSystem.facts(this.#directory.pathOf({ name })).size;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }

  async #compact(segment: SegmentEnd, contents: StateContents): Promise<void> {
    try {
      const carried = await compact(this.#directory, this.#name, segment, contents);
      if (carried !== undefined) this.#relocate((entry) => carried.get(entry.key));
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#compacting = undefined;
    }
  }

  #tell(error: unknown): void {
    try {
      this.#options.onCompactionFailed(error);
    } catch {
      // A listener's own trouble must not become that of the calls.
    }
  }

  /** Learns where completions are that another process has carried over. */
  #followMoved(): Promise<void> {
    const follow = async () => {
      try {
        const moved = await movedEntries(this.#directory);
        this.#relocate((entry) => moved.get(entry.key));
      } finally {
        this.#following = undefined;
      }
    };
    return (this.#following ??= follow());
  }

  #relocate(movedTo: (entry: MemoEntry) => MemoEntry | undefined): void {
    const { memo } = this.#reader.state;
    for (const entry of memo.contents()) {
      const there = whereItIs(entry, movedTo(entry));
      if (there !== entry) memo.relocate(there);
    }
  }
}

/** What signs the lines of a process: short, and made of nothing but digits and letters whatever the id is like. */
function nameFrom(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 12);
}
