import { StoreError } from "@gro/queue";
import { closed, corrupt } from "../errors/store-errors.js";
import type { JournalFile, Place } from "../fold/memo-index.js";
import type { Signed } from "../fold/read-record.js";
import type { SealRecord, SegmentRecord } from "../fold/records.js";
import type { SegmentEnd } from "../fold/snapshot.js";
import { StoreState } from "../fold/store-state.js";
import type { OpenFile } from "../ports/file-system.js";
import { breathe } from "../breathe.js";
import { newestSnapshot, segmentFile } from "./file-names.js";
import type { JournalDirectory } from "./journal-directory.js";
import { loadSnapshot } from "./load-snapshot.js";
import { REMOVED, Segment, type Progress } from "./segment.js";

/** Bytes that are folded in one go, before others have their turn. */
export const BYTES_A_TURN = 1 << 20;

/** A record of this process that is on its way. */
export interface OwnRecord {
  /** Applies it to the state and keeps the outcome. */
  fold(state: StoreState, place: Place): void;
}

/** What a reader tells its owner. */
export interface ReaderEvents {
  /** A seal was passed: while this runs, the state is that at the end of the segment. */
  sealed(segment: Segment, seal: SealRecord & Signed): void;
  /** A sync failed: nobody may write any more. Answers what to throw. */
  broken(path: string, error: unknown): StoreError;
}

/**
 * Follows the journal of a directory from snapshot to segment to segment, and folds what it says into a state. Processes that follow
 * the same journal have the same state wherever they are as far.
 */
export class JournalReader {
  readonly #directory: JournalDirectory;
  /** Signs the records of this process. */
  readonly #writer: string;
  readonly #events: ReaderEvents;
  #state = new StoreState();
  #segment: Segment | undefined;
  /** The segment before: it was read to its end, or is in the snapshot. */
  #passed: SegmentEnd = { number: 0, end: 0 };
  /** Up to which byte of it some writer has vouched for what stands there. */
  #passedVouchedTo = 0;
  #isOpen = false;
  #opening: Promise<void> | undefined;
  #isClosed = false;
  #moving: Promise<boolean> | undefined;
  #own: OwnRecord[] = [];

  constructor(directory: JournalDirectory, writer: string, events: ReaderEvents) {
    this.#directory = directory;
    this.#writer = writer;
    this.#events = events;
  }

  /** Whether it has read everything that was there when it began. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** What the journal says as far as it was read. Another object after the reader had to begin anew. */
  get state(): StoreState {
    return this.#state;
  }

  /** The segment that is read now; `undefined` before there is one. */
  get segment(): Segment | undefined {
    return this.#segment;
  }

  /** The head of the segment that is read now, as its first writer writes it. */
  get headFields(): Pick<SegmentRecord, "number" | "previousEnd" | "previousChain"> {
    const { number, end, chain } = this.#passed;
    return {
      ...{ number: number + 1, previousEnd: end },
      ...(chain !== undefined && { previousChain: chain }),
    };
  }

  /** Folds everything that was appended so far, by whomever. */
  async catchUp(): Promise<void> {
    if (!this.#isOpen) await (this.#opening ??= this.#open());
    if (!this.#hasNothingNew()) await this.#foldAll();
  }

  /**
   * Reads what this process has just appended, and what others have put before it.
   *
   * @returns those that do not count, because they stand behind a seal or behind damage
   */
  foldOwn<Own extends OwnRecord>(records: readonly Own[]): readonly Own[] {
    this.#own = [...records];
    try {
      this.#fold(Infinity);
      return records.slice(records.length - this.#own.length);
    } finally {
      this.#own = [];
    }
  }

  /** Folds what this process has just appended where nobody else has put anything before it. */
  foldUnread(records: readonly OwnRecord[], places: readonly Place[]): void {
    records.forEach((record, index) => {
      const place = places[index];
      if (place !== undefined) record.fold(this.#state, place);
    });
  }

  /**
   * From a segment that has ended to the next.
   *
   * @param make whether to make the next segment when there is none
   * @returns whether it got anywhere
   */
  async moveOn(make: boolean): Promise<boolean> {
    if (this.#moving === undefined) return (this.#moving = this.#exclusively(() => this.#move(make)));
    await this.#moving;
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#segment?.close();
  }

  async #exclusively(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } finally {
      this.#moving = undefined;
    }
  }

  /** @throws StoreError `store_corrupt` when the file was deleted or cut */
  #hasNothingNew(): boolean {
    const segment = this.#segment;
    return segment !== undefined && !segment.isEnded && segment.holdsJust(0);
  }

  async #foldAll(): Promise<void> {
    for (;;) {
      if (this.#isClosed) throw closed();
      const progress = this.#fold(BYTES_A_TURN);
      if (progress === "tail") {
        this.#hasNothingNew();
        return;
      }
      if (progress === "more") await breathe();
      else if (!(await this.moveOn(false))) return;
    }
  }

  #fold(budget: number): Progress {
    const segment = this.#segment;
    if (segment === undefined) return "ended";
    return segment.read(
      (record, place) => {
        if (record.do === "segment" || record.do === "seal" || record.do === "mark") return;
        // Records of one writer stand in the order in which it wrote them.
        const own = record.by === this.#writer ? this.#own.shift() : undefined;
        if (own === undefined) this.#state.apply(record, place);
        else own.fold(this.#state, place);
      },
      (seal) => {
        this.#state.seal(seal);
        this.#events.sealed(segment, seal);
      },
      budget,
    );
  }

  async #open(): Promise<void> {
    try {
      await this.#readAll();
      this.#isOpen = true;
    } finally {
      // Should it have failed, the next call tries again.
      this.#opening = undefined;
    }
  }

  async #readAll(): Promise<void> {
    while (!(await this.#begin(newestSnapshot(this.#directory.list()))));
    await this.#foldAll();
    if (await this.#isSealLost()) await this.#foldAll();
  }

  /** Begins with a snapshot, or with nothing. Answers whether the snapshot was still there. */
  async #begin(snapshot: JournalFile | undefined): Promise<boolean> {
    const loaded =
      snapshot === undefined
        ? { state: new StoreState(), segment: { number: 0, end: 0 } }
        : await loadSnapshot(this.#directory, snapshot);
    if (loaded === undefined) return false;
    this.#segment?.close();
    this.#segment = undefined;
    this.#state = loaded.state;
    this.#passed = loaded.segment;
    this.#passedVouchedTo = 0;
    return true;
  }

  /**
   * Whether the next segment is there although this one has no seal. The head of the next one says where this one ended: it is
   * compared when it is read.
   */
  async #isSealLost(): Promise<boolean> {
    const segment = this.#segment;
    if (segment === undefined || segment.isEnded) return false;
    const { segments } = this.#directory.list();
    if (!segments.some(({ number }) => number > segment.number)) return false;
    // It may have been sealed only just now.
    await this.#foldAll();
    if (this.#segment === segment) segment.end();
    return true;
  }

  async #move(make: boolean): Promise<boolean> {
    if (this.#segment?.isEnded === false) return true;
    const next = segmentFile((this.#segment ?? this.#passed).number + 1);
    const handle = this.#directory.openIfThere(next, "read");
    if (handle !== undefined) return this.#moveInto(next, handle, false);
    const listing = this.#directory.list();
    const newest = newestSnapshot(listing);
    if (newest !== undefined && newest.number >= next.number) return this.#begin(newest).then(() => true);
    if (listing.segments.some(({ number }) => number === next.number)) return true;
    const later = listing.segments.find(({ number }) => number > next.number);
    if (later !== undefined) {
      throw corrupt(this.#directory.pathOf(next), 0, `it is missing, and ${later.name} comes after it`);
    }
    return make && this.#make(next);
  }

  async #make(next: JournalFile): Promise<boolean> {
    this.#checkInPlace();
    const { path } = this.#segment ?? this.#directory;
    // The seal survives before there is a next segment, and with it all that stands before it.
    await this.#durably(path, () => this.#segment?.sync() ?? this.#directory.make());
    return this.#moveInto(next, this.#directory.open(next.name, "create"), true);
  }

  /** Behind another store that was put in the place of this one, the next segment would make that unreadable. */
  #checkInPlace(): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    segment.checkAsRead();
    if (segment.isRemoved() && !this.#directory.isCompacted(segment.number)) segment.refuse(0, REMOVED);
  }

  /** Goes on with the next segment, unless that is not the one that others have written. */
  async #moveInto(next: JournalFile, handle: OpenFile, isOwn: boolean): Promise<boolean> {
    let isEntered = false;
    try {
      // What is empty may have been made again after it had been compacted away: then there is a snapshot of it.
      const newest = handle.size() > 0 ? undefined : newestSnapshot(this.#directory.list());
      if (newest !== undefined && newest.number >= next.number) {
        await this.#begin(newest);
        return true;
      }
      if (isOwn) await this.#durably(this.#directory.path, () => this.#directory.sync());
      this.#enter(next, handle, isOwn);
      isEntered = true;
      return true;
    } finally {
      if (!isEntered) handle.close();
    }
  }

  #enter(file: JournalFile, handle: OpenFile, isOwn: boolean): void {
    const passed = this.#segment;
    if (passed !== undefined) {
      this.#passed = passed.passed;
      this.#passedVouchedTo = passed.vouchedTo;
      passed.close();
    }
    const path = this.#directory.pathOf(file);
    const checkHead = (head: SegmentRecord) => this.#checkHead(head);
    this.#segment = new Segment({ file, path, handle, canAppend: isOwn, checkHead });
    this.#segment.isNamed = isOwn;
  }

  /** A segment says where the one before it ended, and what stood in it: somebody had relied on that. */
  #checkHead({ previousEnd, previousChain }: SegmentRecord): void {
    const { number, end, chain } = this.#passed;
    const path = this.#directory.pathOf(segmentFile(number));
    if (end !== previousEnd) {
      throw corrupt(path, Math.min(end, previousEnd), `it went on to byte ${previousEnd} once`);
    }
    // Programs before this one have not written it down.
    if (chain === undefined || previousChain === undefined || chain === previousChain) return;
    const next = segmentFile(number + 1).name;
    throw corrupt(
      path,
      this.#passedVouchedTo,
      `a line behind it is missing or was changed, as the head of ${next} tells`,
    );
  }

  async #durably(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw StoreError.isInstance(error) ? error : this.#events.broken(path, error);
    }
  }
}
