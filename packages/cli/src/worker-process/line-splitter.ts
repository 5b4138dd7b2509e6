import { StringDecoder } from "node:string_decoder";

/** A line that goes on for longer is given in pieces: a process gone wrong must not fill the memory of its host. */
const LONGEST_LINE = 2 ** 20;

/** The lines of a stream of bytes, as they come. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(private readonly onLine: (line: string) => void) {}

  take(bytes: Buffer): void {
    this.#rest += this.#decoder.write(bytes);
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.onLine(line);
    if (this.#rest.length > LONGEST_LINE) this.end();
  }

  /** What came behind the last line break is a line too. */
  end(): void {
    const line = this.#rest;
    this.#rest = "";
    if (line !== "") this.onLine(line);
  }
}
