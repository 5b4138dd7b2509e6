import { crc32 } from "./crc32.js";

/*
 * A line: {"crc":"9ae0daaf","size":"0000007b",…}
 *
 * `size` is the length of the line in bytes, `crc` the CRC-32 of everything behind the head, begun with the number of the file: a line
 * that gets into another file by accident does not count there. Both are hexadecimal and stand at fixed places, so that a line which
 * is shorter than its size can be told from one that was changed. A newline stands before each line, not behind it.
 */

export const NEWLINE = 0x0a;

/** The head of a line; `#` stands for a hexadecimal digit. */
const HEAD = Buffer.from('{"crc":"########","size":"########",', "latin1");
const DIGIT = 0x23;

/** Bytes before what the CRC is of. */
export const HEAD_LENGTH = HEAD.length;
/** Where in a line its CRC begins. */
export const CRC_AT = HEAD.indexOf(DIGIT);
const SIZE_AT = HEAD.indexOf(DIGIT, CRC_AT + 8);

export type Scan =
  /** A line that counts, from `start` to `end`. */
  | { readonly kind: "line"; readonly start: number; readonly end: number; readonly crc: number }
  /** The beginning of a line whose writer did not come to its end. The next one begins at `end`. */
  | { readonly kind: "torn"; readonly end: number }
  /** The bytes end inside a line, of which as many as `needed` make the whole. */
  | { readonly kind: "unfinished"; readonly needed: number }
  /** Something that no writer has written. */
  | { readonly kind: "damaged" };

/**
 * Looks at what stands behind the end of a line.
 *
 * @param from where the newline of the next line must be
 * @param to the end of the bytes
 * @param seed the number of the file
 */
export function scanLine(bytes: Buffer, from: number, to: number, seed: number): Scan {
  if (from >= to) return { kind: "unfinished", needed: HEAD_LENGTH + 1 };
  if (bytes[from] !== NEWLINE) return { kind: "damaged" };
  const start = from + 1;
  const headEnd = start + HEAD_LENGTH;
  if (headEnd > to || !isHead(bytes, start, headEnd))
    return scanPartOfHead(bytes, start, Math.min(headEnd, to));
  const end = start + hexadecimal(bytes, start + SIZE_AT);
  const crc = hexadecimal(bytes, start + CRC_AT);
  if (end <= to && end >= headEnd && crc32(bytes.subarray(headEnd, end), seed) === crc) {
    return { kind: "line", start, end, crc };
  }
  const next = bytes.indexOf(NEWLINE, headEnd);
  if (next === -1 || next >= Math.min(to, end)) {
    return end > to ? { kind: "unfinished", needed: end - from } : { kind: "damaged" };
  }
  // Shorter than its size, yet with the right CRC: it is whole, and its size was changed.
  const isWhole = crc32(bytes.subarray(headEnd, next), seed) === crc;
  return isWhole ? { kind: "damaged" } : { kind: "torn", end: next };
}

/** Bytes that are too few for a head, or are none. */
function scanPartOfHead(bytes: Buffer, start: number, to: number): Scan {
  const next = bytes.subarray(start, to).indexOf(NEWLINE);
  const end = next === -1 ? to : start + next;
  if (!isHead(bytes, start, end)) return { kind: "damaged" };
  return next === -1 ? { kind: "unfinished", needed: HEAD_LENGTH + 1 } : { kind: "torn", end };
}

/** Whether the bytes are a head as far as they go. */
function isHead(bytes: Buffer, start: number, end: number): boolean {
  for (let position = start; position < end; position += 1) {
    const expected = HEAD[position - start];
    const byte = bytes[position];
    if (expected === DIGIT ? digitOf(byte) === -1 : byte !== expected) return false;
  }
  return true;
}

/** The number that eight digits are; none of a line when they are no digits. */
export function hexadecimal(bytes: Buffer, at: number): number {
  let value = 0;
  for (let position = at; position < at + 8; position += 1) value = value * 16 + digitOf(bytes[position]);
  return value;
}

/** Lower case alone: a line has one spelling. */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x61 + 10;
  return -1;
}

/** Writes a number as eight digits. */
function writeHexadecimal(bytes: Buffer, at: number, value: number): void {
  for (let digit = 0; digit < 8; digit += 1) {
    const four = (value >>> (28 - 4 * digit)) & 0xf;
    bytes[at + digit] = four < 10 ? 0x30 + four : 0x61 + four - 10;
  }
}

/** Collects lines for one write. */
export class LineBuffer {
  #bytes: Buffer;
  #length = 0;
  #lastCrc = 0;

  constructor(capacity = 4096) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** The lines so far, each with the newline before it. Good until the next call. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** The CRC of the line that was added last. */
  get lastCrc(): number {
    return this.#lastCrc;
  }

  clear(): void {
    this.#length = 0;
  }

  /**
   * @param rest what follows the head: JSON without the brace that opens it
   * @returns the bytes of the line, without the newline
   */
  add(rest: string, seed: number): number {
    this.#makeRoom(1 + HEAD_LENGTH + rest.length * 3);
    const bytes = this.#bytes;
    const start = this.#length + 1;
    const headEnd = start + HEAD_LENGTH;
    bytes[this.#length] = NEWLINE;
    const end = headEnd + bytes.write(rest, headEnd);
    this.#finish(start, end, seed);
    return end - start;
  }

  /** As `add`, from the bytes of a line of another file. */
  addCopy(line: Buffer, seed: number): number {
    this.#makeRoom(1 + line.length);
    const start = this.#length + 1;
    this.#bytes[this.#length] = NEWLINE;
    line.copy(this.#bytes, start);
    this.#finish(start, start + line.length, seed);
    return line.length;
  }

  /** Bytes as they are, which must begin with a newline. */
  addRaw(bytes: Buffer): void {
    this.#makeRoom(bytes.length);
    bytes.copy(this.#bytes, this.#length);
    this.#length += bytes.length;
  }

  #finish(start: number, end: number, seed: number): void {
    const bytes = this.#bytes;
    const crc = crc32(bytes.subarray(start + HEAD_LENGTH, end), seed);
    for (let index = 0; index < HEAD_LENGTH; index += 1) bytes[start + index] = HEAD[index] ?? 0;
    writeHexadecimal(bytes, start + CRC_AT, crc);
    writeHexadecimal(bytes, start + SIZE_AT, end - start);
    this.#lastCrc = crc;
    this.#length = end;
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
