import { StoreError } from "@gro/queue";
import { corrupt, failed, newerVersion } from "../errors/store-errors.js";
import type { JournalFile, Place } from "../fold/memo-index.js";
import { readJournalRecord, type Signed } from "../fold/read-record.js";
import { FORMAT_VERSION, type JournalRecord, type SealRecord, type SegmentRecord } from "../fold/records.js";
import type { SegmentEnd } from "../fold/snapshot.js";
import type { OpenFile } from "../ports/file-system.js";
import { chainIn, chainText, LineChain } from "./line-chain.js";
import { LineCursor, type NextLine } from "./line-cursor.js";
import { findBehindDamage } from "./behind-damage.js";
import { LastLine } from "./last-line.js";

/** How far reading came: there is more, this is all for now, or nothing more will count in this segment. */
export type Progress = "more" | "tail" | "ended";

export type SignedRecord = JournalRecord & Signed;

export interface SegmentOptions {
  readonly file: JournalFile;
  readonly path: string;
  readonly handle: OpenFile;
  readonly canAppend: boolean;
  /** Gets the head when it is read. May throw. */
  readonly checkHead: (head: SegmentRecord) => void;
}

/** A segment that is being read, and perhaps written. */
export class Segment {
  readonly file: JournalFile;
  readonly path: string;
  /** Up to here this process has synced it. */
  syncedTo = 0;
  /** The highest `syncedTo` that stands in the file. */
  notedSync = 0;
  /** Whether its name survives a loss of power. */
  isNamed = false;
  #handle: OpenFile;
  #canAppend: boolean;
  readonly #checkHead: (head: SegmentRecord) => void;
  readonly #cursor: LineCursor;
  readonly #chain = new LineChain();
  /** Where the last line that counts ends. What was torn behind it belongs to nobody. */
  #end = 0;
  /** That line. */
  readonly #last = new LastLine();
  #head: SegmentRecord | undefined;
  #isEnded = false;
  #isDamaged = false;
  /** Why this process does nothing more here. */
  #refusal: StoreError | undefined;
  #syncing = 0;
  readonly #retired: OpenFile[] = [];

  constructor({ file, path, handle, canAppend, checkHead }: SegmentOptions) {
    this.file = file;
    this.path = path;
    this.#handle = handle;
    this.#canAppend = canAppend;
    this.#checkHead = checkHead;
    this.#cursor = new LineCursor(handle, file.number);
  }

  get number(): number {
    return this.file.number;
  }

  get head(): SegmentRecord | undefined {
    return this.#head;
  }

  /** Where the part that was read ends. */
  get offset(): number {
    return this.#cursor.offset;
  }

  /** The end of what counts so far. */
  get passed(): SegmentEnd {
    return { number: this.number, end: this.#end, chain: chainText(this.#chain.sum) };
  }

  /** Up to which byte some writer has vouched for what stands here. */
  get vouchedTo(): number {
    return this.#chain.vouchedTo;
  }

  /** What the first line of a write says of what stands before it, as fields of JSON. */
  get claimText(): string {
    const synced = this.syncedTo > 0 ? `"synced":${this.syncedTo},` : "";
    const read = this.offset > 0 ? `"read":${this.offset},"chain":"${chainText(this.#chain.sum)}",` : "";
    return synced + read;
  }

  /**
   * Whether the end of what others have left here could not be told from what power failed on, if it were damaged: nothing behind it notes
   * how far the file is synced. Asked before the first write of this process: what it writes would be dropped with that end.
   */
  get needsVouching(): boolean {
    return this.syncedTo === 0 && this.notedSync < this.#end;
  }

  /** Whether nothing that is written from now on counts. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether something stands at its end that is no record. What is behind it does not count; a seal must be put there. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  get canAppend(): boolean {
    return this.#canAppend && !this.#isEnded && this.#refusal === undefined;
  }

  /**
   * How many bytes stand behind what was read.
   *
   * @throws StoreError `store_failed`, or `store_corrupt` when the file has become shorter
   */
  unread(): number {
    return this.#behindOffset(this.#ask((handle) => handle.size()));
  }

  #behindOffset(size: number): number {
    if (this.#refusal !== undefined) throw this.#refusal;
    if (size >= this.offset) return size - this.offset;
    return this.refuse(size, `it ends here now, and went on to byte ${this.offset} a moment ago`);
  }

  /**
   * Sees to it that what was read is still there, as far as the last line of it tells. A line that is put behind anything else, such as
   * a backup that was restored meanwhile, would vouch for what is not there, and make that unreadable. Answers how many bytes stand behind
   * what was read.
   *
   * @throws StoreError as `unread`, and `store_corrupt` when another line stands in the place of that one
   */
  checkAsRead(): number {
    const found = this.#ask((handle) => this.#last.find(handle, this.offset));
    if (found === "last" && this.#refusal === undefined) return 0;
    const unread = this.unread();
    return found === "gone" ? this.refuse(this.#last.offset, "another line stood here a moment ago") : unread;
  }

  /** Whether the file has lost its name. @throws StoreError `store_failed` */
  isRemoved(): boolean {
    return this.#ask((handle) => handle.sizeInPlace?.() === null);
  }

  /** Does nothing more here. @throws StoreError always */
  refuse(offset: number, what: string): never {
    this.#refusal ??= corrupt(this.path, offset, what);
    throw this.#refusal;
  }

  /**
   * Whether exactly so many bytes stand behind what was read.
   *
   * @throws StoreError as `unread`, and `store_corrupt` when the file was deleted, moved or replaced
   */
  holdsJust(bytes: number): boolean {
    const size = this.#ask((handle) =>
      handle.sizeInPlace === undefined ? handle.size() : handle.sizeInPlace(),
    );
    if (size !== null) return this.#behindOffset(size) === bytes;
    // Who rightly removes a file has ended it before, and so there is more in it.
    if (this.unread() === bytes) this.refuse(0, REMOVED);
    return false;
  }

  /**
   * What is damaged, or a newer program's, while it is in use stays so for this process: what it knows is not what is there now, whatever
   * somebody makes of the file meanwhile, and a record that was refused would be passed over the next time.
   */
  #orRefuse<Answer>(work: () => Answer): Answer {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      return work();
    } catch (error) {
      if (StoreError.isInstance(error) && error.code !== "store_failed") this.#refusal = error;
      throw error;
    }
  }

  #ask<Answer>(question: (handle: OpenFile) => Answer): Answer {
    try {
      return question(this.#handle);
    } catch (error) {
      throw failed("read", this.path, error);
    }
  }

  /**
   * Reads on and hands over what counts, in order.
   *
   * @param take gets everything but the head and the seal
   * @param seal gets the record that ends the segment
   * @param budget after about so many bytes it leaves the rest for the next call
   * @throws StoreError `store_corrupt`, `store_newer_version`
   */
  read(
    take: (record: SignedRecord, place: Place) => void,
    seal: (record: SealRecord & Signed) => void,
    budget: number,
  ): Progress {
    return this.#orRefuse(() => this.#read(take, seal, budget));
  }

  #read(
    take: (record: SignedRecord, place: Place) => void,
    seal: (record: SealRecord & Signed) => void,
    budget: number,
  ): Progress {
    if (this.#isEnded) return "ended";
    const until = this.#cursor.offset + budget;
    while (this.#cursor.offset < until) {
      const line = this.#nextLine();
      if (line.kind === "tail") return "tail";
      if (line.kind === "damaged") return this.#passDamage(seal);
      this.#isDamaged = false;
      const record = this.#recordOf(line);
      this.#compare(record, line.offset);
      if (record.do === "seal") {
        this.#compareBehindSeal();
        this.#cursor.skipTo(this.#end);
        return this.#finish(record, seal);
      }
      this.#pass(line.offset, line.offset + line.length, line.crc);
      if (record.synced !== undefined) this.notedSync = Math.max(this.notedSync, record.synced);
      if (record.do === "segment") this.#acceptHead(record);
      else take(record, { file: this.file, offset: line.offset, length: line.length });
    }
    return "more";
  }

  /** What was just appended at the end of what was read, by this process alone. */
  passOwn(lines: readonly OwnLine[], head: SegmentRecord | undefined): void {
    for (const { offset, end, crc } of lines) this.#pass(offset, end, crc);
    this.#cursor.skipTo(this.#end);
    this.#head ??= head;
  }

  /** A write of this process has said what `claimText` says. */
  noteClaim(): void {
    this.notedSync = Math.max(this.notedSync, this.syncedTo);
    this.#chain.vouch(this.offset);
  }

  /** Nothing more counts: for a segment whose seal is lost although its successor is there. */
  end(): void {
    this.#isEnded = true;
  }

  append(bytes: Uint8Array): number {
    return this.#handle.append(bytes);
  }

  /** Goes on with a handle that can append. */
  use(handle: OpenFile): void {
    this.#retire(this.#handle);
    this.#handle = handle;
    this.#canAppend = true;
    this.#cursor.use(handle);
  }

  async sync(): Promise<void> {
    const end = this.offset;
    this.#syncing += 1;
    try {
      await this.#handle.sync();
      this.syncedTo = Math.max(this.syncedTo, end);
    } finally {
      this.#syncing -= 1;
      if (this.#syncing === 0) for (const handle of this.#retired.splice(0)) handle.close();
    }
  }

  /** Closes the file as soon as nothing is under way with it. */
  close(): void {
    this.#isEnded = true;
    this.#retire(this.#handle);
  }

  #nextLine(): NextLine {
    try {
      return this.#cursor.next();
    } catch (error) {
      throw failed("read", this.path, error);
    }
  }

  #retire(handle: OpenFile): void {
    if (this.#syncing > 0) this.#retired.push(handle);
    else handle.close();
  }

  #recordOf({ text, offset }: Extract<NextLine, { kind: "line" }>): SignedRecord {
    const record = recordIn(text);
    if (record === undefined) throw corrupt(this.path, offset, "the line holds no record of this version");
    if (this.#head === undefined && record.do !== "segment") {
      throw corrupt(this.path, offset, "the segment's head is missing");
    }
    return record;
  }

  #acceptHead(record: SegmentRecord): void {
    const { version, number } = record;
    if (version > FORMAT_VERSION) throw newerVersion(this.path, version, FORMAT_VERSION);
    if (number !== this.number) throw corrupt(this.path, 0, `it is segment ${number} under another name`);
    // Two writers that began the segment at the same time have both written it.
    if (this.#head !== undefined) return;
    this.#checkHead(record);
    this.#head = record;
  }

  #pass(offset: number, end: number, crc: number): void {
    this.#end = end;
    this.#last.set(offset, crc);
    this.#chain.add(end, crc);
  }

  /**
   * Every line is whole, but are they those that the writer of this one had before it? No loss of power takes a line and leaves one that
   * was written by somebody who had read it.
   */
  #compare({ synced = 0, read = 0, chain }: SignedRecord, offset: number): void {
    // Only the first line of a write says anything.
    if (synced === 0 && read === 0) return;
    const sum = chainIn(chain);
    const isThere = Math.max(synced, read) < offset;
    if (isThere && (sum === undefined || this.#chain.agrees({ read, chain: sum }))) return;
    throw corrupt(
      this.path,
      sum === undefined ? this.notedSync : this.vouchedTo,
      `a line between there and byte ${offset} is missing or was changed, as the line at byte ${offset} tells`,
    );
  }

  /**
   * What stands behind the seal does not count, and still vouches: its writers may have read a line right before the seal that the writer
   * of the seal had not.
   */
  #compareBehindSeal(): void {
    for (;;) {
      const line = this.#nextLine();
      const record = line.kind === "line" ? recordIn(line.text) : undefined;
      if (line.kind !== "line" || record === undefined) return;
      this.#compare(record, line.offset);
    }
  }

  /** What stands behind the damage tells whether it is the end of what power failed on, or of what was safe before. */
  #passDamage(seal: (record: SealRecord & Signed) => void): Progress {
    const { provenUpTo, sealedBy } = findBehindDamage(this.#handle, this.offset, this.number);
    if (provenUpTo > this.offset) {
      throw corrupt(
        this.path,
        this.offset,
        `it was safe up to byte ${provenUpTo} once, and is no record now`,
      );
    }
    this.#isDamaged = true;
    return sealedBy === undefined ? "tail" : this.#finish(sealedBy, seal);
  }

  #finish(record: SealRecord & Signed, seal: (record: SealRecord & Signed) => void): Progress {
    this.#isEnded = true;
    seal(record);
    return "ended";
  }
}

/** For a file that has lost its name. */
export const REMOVED = "it was deleted, moved or replaced while it was in use";

/** A line that this process has written. */
export interface OwnLine {
  /** Of its first byte and behind its last, in bytes from the beginning of the file. */
  readonly offset: number;
  readonly end: number;
  readonly crc: number;
}

function recordIn(text: string): SignedRecord | undefined {
  try {
    return readJournalRecord(text);
  } catch {
    return undefined;
  }
}
