import { corrupt, failed, newerVersion } from "../errors/store-errors.js";
import type { JournalFile, Place } from "../fold/memo-index.js";
import { readJournalRecord, type Signed } from "../fold/read-record.js";
import { FORMAT_VERSION, type JournalRecord, type SealRecord, type SegmentRecord } from "../fold/records.js";
import type { OpenFile } from "../ports/file-system.js";
import { LineCursor, type NextLine } from "./line-cursor.js";
import { findBehindDamage } from "./behind-damage.js";

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
  #head: SegmentRecord | undefined;
  #isEnded = false;
  #isDamaged = false;
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

  /** Whether nothing that is written from now on counts. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether something stands at its end that is no record. What is behind it does not count; a seal must be put there. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  get canAppend(): boolean {
    return this.#canAppend && !this.#isEnded;
  }

  /** How many bytes stand behind what was read. @throws StoreError `store_failed` */
  unread(): number {
    try {
      return this.#handle.size() - this.offset;
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
    if (this.#isEnded) return "ended";
    const until = this.#cursor.offset + budget;
    while (this.#cursor.offset < until) {
      const before = this.#cursor.offset;
      const line = this.#nextLine();
      if (line.kind === "tail") return "tail";
      if (line.kind === "damaged") return this.#passDamage(seal);
      this.#isDamaged = false;
      const record = this.#recordOf(line);
      if (record.do === "seal") {
        this.#cursor.skipTo(before);
        return this.#end(record, seal);
      }
      if (record.synced !== undefined) this.notedSync = Math.max(this.notedSync, record.synced);
      if (record.do === "segment") this.#acceptHead(record);
      else take(record, { file: this.file, offset: line.offset, length: line.length });
    }
    return "more";
  }

  /** What was just appended at the end of what was read, by this process alone. */
  passOwn(bytes: number, head: SegmentRecord | undefined): void {
    this.#cursor.skipTo(this.#cursor.offset + bytes);
    this.#head ??= head;
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
    return sealedBy === undefined ? "tail" : this.#end(sealedBy, seal);
  }

  #end(record: SealRecord & Signed, seal: (record: SealRecord & Signed) => void): Progress {
    this.#isEnded = true;
    seal(record);
    return "ended";
  }
}

function recordIn(text: string): SignedRecord | undefined {
  try {
    return readJournalRecord(text);
  } catch {
    return undefined;
  }
}
