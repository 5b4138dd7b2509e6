import type { OpenFile } from "../ports/file-system.js";
import { CRC_AT, hexadecimal } from "./line.js";

/** A longer end is not looked at whole. */
const LONGEST_LOOK = 4096;
const CRC_DIGITS = 8;

/**
 * `last`: it is still there, with nothing behind it. `there`: it is still there; how long the file is has not been looked at. `gone`: the file
 * has become shorter, or another line stands there.
 */
export type Found = "last" | "there" | "gone";

/** The line that was read last of a file. */
export class LastLine {
  readonly #bytes = Buffer.allocUnsafe(LONGEST_LOOK);
  /** Of its first byte; `undefined` before there is one. */
  #offset: number | undefined;
  #crc = 0;

  /** In bytes from the beginning of the file. */
  get offset(): number {
    return this.#offset ?? 0;
  }

  set(offset: number, crc: number): void {
    this.#offset = offset;
    this.#crc = crc;
  }

  /**
   * Looks for it with one call of the operating system, as this is done before every write.
   *
   * @param end of what was read of the file
   */
  find(file: OpenFile, end: number): Found {
    if (this.#offset === undefined) return "there";
    const at = this.#offset + CRC_AT;
    const length = end - at;
    // One byte more than there should be.
    const bytes = this.#bytes.subarray(0, length < LONGEST_LOOK ? length + 1 : CRC_DIGITS);
    const count = file.read(bytes, at);
    if (count < Math.min(length, bytes.length) || hexadecimal(bytes, 0) !== this.#crc) return "gone";
    return count === length ? "last" : "there";
  }
}
