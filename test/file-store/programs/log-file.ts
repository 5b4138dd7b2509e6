import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** A file in which a process notes, line by line, what it does. A kill leaves what was noted before. */
export class LogFile {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, "a");
  }

  note(...lines: readonly string[]): void {
    if (lines.length > 0) writeSync(this.#descriptor, lines.map((line) => `${line}\n`).join(""));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** The lines so far; none when there is no such file. */
  static read(path: string): string[] {
    try {
      return readFileSync(path, "utf8").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }
}
