import type { OpenFile } from "../ports/file-system.js";
import { HEAD_LENGTH, scanLine } from "./line.js";

const BRACE = 0x7b;

/** Files are read in blocks of this many bytes, or of a line when it is longer. */
const LARGEST_BLOCK = 1 << 20;
const SMALLEST_BLOCK = 1 << 12;

export type NextLine =
  /** `text` is its JSON without the head; `offset` is that of its first byte, `length` is in bytes. */
  | {
      readonly kind: "line";
      readonly text: string;
      readonly offset: number;
      readonly length: number;
      readonly crc: number;
    }
  /** The file ends here for now, perhaps inside a line. */
  | { readonly kind: "tail" }
  /** Something that is no line, at the cursor's offset. */
  | { readonly kind: "damaged" };

/** Walks along the lines of a file, as far as they go. */
export class LineCursor {
  #file: OpenFile;
  readonly #seed: number;
  /** Behind the last line that was read. */
  #offset: number;
  #block = Buffer.alloc(0);
  /** Where in the file the block begins, and how much of it is filled. */
  #blockAt = 0;
  #filled = 0;

  /** @param seed the number of the file, see `line.ts` */
  constructor(file: OpenFile, seed: number, offset = 0) {
    this.#file = file;
    this.#seed = seed;
    this.#offset = offset;
  }

  /** Behind the last line that was read or passed over. */
  get offset(): number {
    return this.#offset;
  }

  /** Passes over bytes that are known already. */
  skipTo(offset: number): void {
    this.#offset = offset;
    this.#filled = 0;
  }

  /** Goes on with another handle of the same file. */
  use(file: OpenFile): void {
    this.#file = file;
  }

  next(): NextLine {
    for (;;) {
      const from = this.#offset - this.#blockAt;
      const scan = scanLine(this.#block, from, this.#filled, this.#seed);
      if (scan.kind === "line") {
        const { start, end, crc } = scan;
        this.#offset = this.#blockAt + end;
        // The head says nothing that is not known by now: without it there is less to parse.
        const rest = start + HEAD_LENGTH - 1;
        this.#block[rest] = BRACE;
        const text = this.#block.toString("utf8", rest, end);
        return { kind: "line", text, offset: this.#blockAt + start, length: end - start, crc };
      }
      if (scan.kind === "torn") this.#offset = this.#blockAt + scan.end;
      else if (scan.kind === "damaged") return this.#stop("damaged");
      else if (!this.#readOn(scan.needed)) return this.#stop("tail");
    }
  }

  /** What was read is looked at afresh the next time: others may have written on. */
  #stop(kind: "damaged" | "tail"): NextLine {
    this.#filled = 0;
    return { kind };
  }

  /** Reads more of the file. Answers whether there was more. */
  #readOn(needed: number): boolean {
    const known = Math.max(0, this.#blockAt + this.#filled - this.#offset);
    const rest = this.#file.size() - this.#offset;
    if (rest <= known) return false;
    const wanted = Math.min(rest, Math.max(needed, LARGEST_BLOCK));
    if (this.#block.length < wanted) {
      this.#block = Buffer.allocUnsafe(Math.max(wanted, SMALLEST_BLOCK));
    }
    this.#blockAt = this.#offset;
    this.#filled = this.#fill(wanted);
    return this.#filled > known;
  }

  #fill(wanted: number): number {
    let filled = 0;
    while (filled < wanted) {
      const count = this.#file.read(this.#block.subarray(filled, wanted), this.#offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }
}
