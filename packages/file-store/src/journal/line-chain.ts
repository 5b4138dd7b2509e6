/** FNV-1a, with the CRC of a line in the place of a byte: one multiplication a line, and no two orders have the same sum but by chance. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** What a writer had read of a file before it wrote a line. */
export interface ReadClaim {
  /** Up to which byte. */
  readonly read: number;
  /** The sum of the lines up to there. */
  readonly chain: number;
}

/**
 * The running sum of the lines of a segment, as far as they were read. The first line of every write says which sum its writer had, so a
 * line that is missing later, or that is another one, shows, although every line that is left is whole.
 */
export class LineChain {
  #sum = BASIS;
  /** Up to here a writer has vouched for what was read, and this is the sum there. */
  #vouchedTo = 0;
  #vouchedSum = BASIS;
  /** Where the lines behind that end, and the sum at each. */
  #ends: number[] = [];
  #sums: number[] = [];

  /** Of all lines so far. */
  get sum(): number {
    return this.#sum;
  }

  /** Where what some writer has vouched for ends, in bytes. */
  get vouchedTo(): number {
    return this.#vouchedTo;
  }

  /** @param end of the line, in bytes from the beginning of the file */
  add(end: number, crc: number): void {
    this.#sum = Math.imul(this.#sum ^ crc, PRIME) >>> 0;
    this.#ends.push(end);
    this.#sums.push(this.#sum);
  }

  /** This process itself vouches for everything that it has read. */
  vouch(read: number): void {
    this.#forget(this.#ends.length, read, this.#sum);
  }

  /** Whether what was read here is what a writer had read. */
  agrees({ read, chain }: ReadClaim): boolean {
    // A later writer has vouched for more.
    if (read <= this.#vouchedTo) return true;
    // Writers are seldom far behind.
    let lines = this.#ends.length;
    while (lines > 0 && (this.#ends[lines - 1] ?? 0) > read) lines -= 1;
    const sum = this.#sums[lines - 1] ?? this.#vouchedSum;
    if (sum !== chain) return false;
    this.#forget(lines, read, sum);
    return true;
  }

  #forget(lines: number, read: number, sum: number): void {
    this.#vouchedTo = read;
    this.#vouchedSum = sum;
    const isAll = lines === this.#ends.length;
    this.#ends = isAll ? [] : this.#ends.slice(lines);
    this.#sums = isAll ? [] : this.#sums.slice(lines);
  }
}

/** As it stands in a line: eight hexadecimal digits. */
export function chainText(sum: number): string {
  return sum.toString(16).padStart(8, "0");
}

/** `undefined` for what is no sum. */
export function chainIn(text: unknown): number | undefined {
  return typeof text === "string" && /^[0-9a-f]{8}$/u.test(text) ? Number.parseInt(text, 16) : undefined;
}
