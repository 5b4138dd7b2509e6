import type { StoreError } from "@gro/queue";
import { reasonOf } from "../errors/error-code.js";
import { refusing, unreadable } from "../errors/store-errors.js";
import type { Place } from "../fold/memo-index.js";
import { missingIn } from "../fold/read-record.js";
import { FORMAT_VERSION, type JournalRecord, type SealRecord, type SegmentRecord } from "../fold/records.js";
import type { StoreState } from "../fold/store-state.js";
import { GroupCommit, type Waiting } from "../group-commit.js";
import type { JournalDirectory } from "./journal-directory.js";
import { BYTES_A_TURN, type JournalReader, type OwnRecord } from "./journal-reader.js";
import { LineBuffer, NEWLINE } from "./line.js";
import type { OwnLine, Segment } from "./segment.js";

/** So often others may end a segment before a group gets into it. More often it is no coincidence. */
const MOST_TRIES = 100;

/** What waits for the disk: for its own record, or for what is in the file already. */
interface Member extends Waiting {
  /** What it wants to be written, asked right before. */
  take(): readonly PendingRecord[];
}

/** A record on its way into the journal. */
interface PendingRecord extends OwnRecord {
  /** What stands in its line behind the head. */
  readonly text: string;
}

/** A record whose caller waits for what it comes to. */
class AwaitedRecord<Outcome> implements Member, PendingRecord {
  readonly #textOf: () => string;
  readonly #fold: (state: StoreState, place: Place) => Outcome;
  readonly #resolve: (outcome: Outcome | PromiseLike<Outcome>) => void;
  readonly fail: (error: unknown) => void;
  text = "";
  #outcome: { readonly value: Outcome } | undefined;

  /** @param textOf what stands in its line behind the head; what it throws, its caller gets */
  constructor(
    textOf: () => string,
    fold: (state: StoreState, place: Place) => Outcome,
    resolve: (outcome: Outcome | PromiseLike<Outcome>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#textOf = textOf;
    this.#fold = fold;
    this.#resolve = resolve;
    this.fail = reject;
  }

  take(): readonly PendingRecord[] {
    try {
      this.text = this.#textOf();
      return [this];
    } catch (error) {
      this.fail(error);
      return [];
    }
  }

  fold(state: StoreState, place: Place): void {
    this.#outcome = { value: this.#fold(state, place) };
  }

  done(): void {
    if (this.#outcome === undefined) this.fail(new Error("A record was made durable without being folded."));
    else this.#resolve(this.#outcome.value);
  }
}

export interface WriterOptions {
  readonly reader: JournalReader;
  readonly directory: JournalDirectory;
  /** Signs the records of this process. */
  readonly name: string;
  /** The record that ends a segment now. */
  readonly makeSeal: () => SealRecord;
  /** From how many bytes on a segment is sealed. */
  readonly sealAt: () => number;
}

/** Appends records to the segment that a reader has come to. */
export class JournalWriter {
  readonly #options: WriterOptions;
  readonly #lines = new LineBuffer();
  readonly #commits = new GroupCommit<Member>((group) => this.#commit(group));
  #failure: StoreError | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Nobody knows what is on the disk now: no more writes. Answers what to throw. */
  break(path: string, reason: string, cause?: unknown): StoreError {
    this.#failure ??= refusing(path, reason, cause);
    return this.#failure;
  }

  /**
   * Appends a record. Resolves when it survives a loss of power, with what it came to.
   * One that nobody could read is refused with `invalid_item`: for good, it would keep everybody from all that is there.
   *
   * @param fold applies the record to the state, in its place among the others'
   */
  append<Outcome>(
    record: JournalRecord,
    fold: (state: StoreState, place: Place) => Outcome,
  ): Promise<Outcome> {
    return this.appendLate(
      () => record,
      (state, _record, place) => fold(state, place),
    );
  }

  /** As `append`, of a record that is made when it is about to be written. */
  appendLate<Record extends JournalRecord, Outcome>(
    make: () => Record,
    fold: (state: StoreState, record: Record, place: Place) => Outcome,
  ): Promise<Outcome> {
    let record: Record;
    const textOf = () => {
      record = make();
      const missing = missingIn(record);
      if (missing !== undefined) throw unreadable(record.do, missing);
      return this.#textOf(record);
    };
    return new Promise((resolve, reject) => {
      const apply = (state: StoreState, place: Place) => fold(state, record, place);
      this.#commits.add(new AwaitedRecord(textOf, apply, resolve, reject));
    });
  }

  /** Resolves when everything that was read survives a loss of power. */
  settle(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#commits.add({ take: () => [], done: resolve, fail: reject });
    });
  }

  /** Resolves when nothing is on its way to the disk. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  /** Notes at the end of the file how far it is synced, where no record has said so yet. Whatever follows can be told from that. */
  note(): void {
    const { segment } = this.#options.reader;
    if (this.#failure !== undefined || segment?.canAppend !== true || segment.isDamaged) return;
    if (segment.syncedTo <= segment.notedSync) return;
    segment.checkAsRead();
    this.#append(segment, [this.#textOf({ do: "mark" })]);
  }

  async #commit(group: readonly Member[]): Promise<void> {
    let records: readonly PendingRecord[] = group.flatMap((member) => member.take());
    for (let tries = 0; records.length > 0; tries += 1) {
      const segment = await this.#writable();
      if (tries === MOST_TRIES) throw this.break(segment.path, "what is appended does not get to be read");
      records = this.#write(segment, records);
    }
    const { segment } = this.#options.reader;
    if (segment === undefined) return;
    await this.#makeDurable(segment);
    if (segment.canAppend && segment.offset >= this.#options.sealAt()) this.#trySeal(segment);
  }

  /** The segment to append to; makes one where none is. */
  async #writable(): Promise<Segment> {
    const { reader } = this.#options;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const { segment } = reader;
      if (segment?.canAppend === true && !segment.isDamaged) {
        // Then the first line of this process can say that what others have left is safe.
        if (segment.needsVouching) await this.#sync(segment);
        if (segment !== reader.segment || !segment.canAppend || segment.isDamaged) continue;
        // What others have written is read with what is about to be written, in one go: it must not be much.
        if (segment.checkAsRead() <= BYTES_A_TURN) return segment;
      }
      await reader.catchUp();
      await this.#prepare(reader.segment);
    }
  }

  async #prepare(segment: Segment | undefined): Promise<void> {
    if (segment === undefined || segment.isEnded) await this.#options.reader.moveOn(true);
    else if (!segment.canAppend) await this.#reopen(segment);
    else if (segment.isDamaged) this.#seal(segment);
  }

  /** Opens a segment for appending that was only read so far. */
  async #reopen(segment: Segment): Promise<void> {
    const { directory, reader } = this.#options;
    const handle = directory.openIfThere(segment.file, "append");
    if (handle !== undefined && (handle.size() > 0 || !directory.isCompacted(segment.number))) {
      segment.use(handle);
      return;
    }
    // It was sealed and compacted away, and perhaps made again by a writer that came late. The old handle still has its end.
    handle?.close();
    await reader.catchUp();
    if (segment === reader.segment && !segment.isEnded) {
      throw this.break(segment.path, "the file was removed while it was in use");
    }
  }

  /**
   * Appends records and folds them.
   *
   * @returns those that do not count, because they stand behind a seal or behind damage
   */
  #write(segment: Segment, records: readonly PendingRecord[]): readonly PendingRecord[] {
    const { reader } = this.#options;
    const texts = records.map(({ text }) => text);
    const { places, lines, head, bytes } = this.#append(segment, texts);
    if (segment.holdsJust(bytes)) {
      // Nobody came between: what was just written need not be read.
      segment.passOwn(lines, head);
      reader.foldUnread(records, places);
      return [];
    }
    const left = reader.foldOwn(records);
    if (left.length > 0 && !segment.isEnded && !segment.isDamaged) {
      throw this.break(segment.path, "what was appended is not there; another program changes the file");
    }
    return left;
  }

  /** What was committed is safe, whatever becomes of the seal. */
  #trySeal(segment: Segment): void {
    try {
      this.#seal(segment);
    } catch {
      // Whoever writes next meets the reason.
    }
  }

  /** Ends the segment. Where another was faster, its seal counts. */
  #seal(segment: Segment): void {
    segment.checkAsRead();
    this.#append(segment, [this.#textOf(this.#options.makeSeal())]);
    this.#options.reader.foldOwn([]);
  }

  /** Behind `checkAsRead`. */
  #append(segment: Segment, texts: readonly string[]): Appended {
    const lines = this.#lines;
    lines.clear();
    const head = segment.head === undefined ? this.#headOf() : undefined;
    const own: OwnLine[] = [];
    const add = (text: string): Place => {
      const offset = segment.offset + lines.length + 1;
      const length = lines.add(text, segment.number);
      own.push({ offset, end: offset + length, crc: lines.lastCrc });
      return { file: segment.file, offset, length };
    };
    if (head !== undefined) add(this.#textOf(head));
    // How far the file is known to be safe, and what its writer has read of it, stands in the first line of a write.
    const claim = segment.claimText;
    const places = texts.map((text, index) => add(index === 0 ? claim + text : text));
    const { bytes } = lines;
    this.#appendBytes(segment, bytes);
    segment.noteClaim();
    return { places, lines: own, head, bytes: bytes.length };
  }

  #appendBytes(segment: Segment, bytes: Uint8Array): void {
    let written: number;
    try {
      written = segment.append(bytes);
    } catch (error) {
      throw this.break(segment.path, reasonOf(error), error);
    }
    if (written < bytes.length) throw this.#breakAt(segment, written, bytes.length);
  }

  /** Whoever writes a part says no reason. The next byte has one: a newline, which means nothing wherever it lands. */
  #breakAt(segment: Segment, written: number, wanted: number): StoreError {
    const what = `only ${written} of ${wanted} bytes could be written`;
    try {
      segment.append(Buffer.of(NEWLINE));
    } catch (error) {
      return this.break(segment.path, `${what}: ${reasonOf(error)}`, error);
    }
    return this.break(segment.path, what);
  }

  async #makeDurable(segment: Segment): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { directory } = this.#options;
    if (segment.syncedTo < segment.offset) await this.#sync(segment);
    try {
      if (segment.isNamed) return;
      await directory.sync();
      segment.isNamed = true;
    } catch (error) {
      throw this.break(segment.path, reasonOf(error), error);
    }
  }

  async #sync(segment: Segment): Promise<void> {
    try {
      await segment.sync();
    } catch (error) {
      throw this.break(segment.path, reasonOf(error), error);
    }
  }

  #headOf(): SegmentRecord {
    return { do: "segment", version: FORMAT_VERSION, ...this.#options.reader.headFields };
  }

  /** What stands in a line behind its head. */
  #textOf(record: JournalRecord): string {
    return `"by":"${this.#options.name}",${JSON.stringify(record).slice(1)}`;
  }
}

interface Appended {
  readonly places: readonly Place[];
  /** All of them, the head too. */
  readonly lines: readonly OwnLine[];
  readonly head: SegmentRecord | undefined;
  readonly bytes: number;
}
