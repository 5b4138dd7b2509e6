import type { Environment } from "./environment.js";
import { withoutSecrets } from "./secrets.js";
import { ignoreErrorEvents } from "./write-text.js";

/** Control characters would let a file name or a server's answer move the cursor, or break one line into many. */
// eslint-disable-next-line no-control-regex -- It is them that are looked for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/gu;

/** Where a terminal does not say its width, or says 0. */
const USUAL_COLUMNS = 80;

export interface MessageOptions {
  /** Whether errors are all that is printed. */
  readonly isQuiet?: boolean;
  /** What is left out of every message. */
  readonly secrets?: readonly string[];
}

/** Everything that is not the result: whole lines, and on a terminal one line that is painted over. */
export class MessageOutput {
  private readonly stream: Environment["stderr"];
  private readonly isQuiet: boolean;
  private readonly secrets: readonly string[];
  private painted = "";

  constructor(stream: Environment["stderr"], options: MessageOptions = {}) {
    this.stream = stream;
    this.isQuiet = options.isQuiet ?? false;
    this.secrets = options.secrets ?? [];
    ignoreErrorEvents(stream);
  }

  /** Whether somebody watches the run. */
  get isWatched(): boolean {
    return this.stream.isTTY === true && !this.isQuiet;
  }

  /** What went wrong: not even `--quiet` hides it. */
  error(text: string): void {
    this.print(text);
  }

  warning(text: string): void {
    if (!this.isQuiet) this.print(`warning: ${text}`);
  }

  notice(text: string): void {
    if (!this.isQuiet) this.print(text);
  }

  /** Replaces what was painted before. */
  paint(text: string): void {
    if (!this.isWatched) return;
    const { columns } = this.stream;
    const width = columns === undefined || columns <= 0 ? USUAL_COLUMNS : columns;
    // In the last column some terminals begin a new line, and `\r` would no longer find back.
    const line = text.slice(0, width - 1);
    if (line === this.painted) return;
    this.stream.write(`\r${line.padEnd(this.painted.length)}`);
    this.painted = line;
  }

  /** Takes away what is painted. */
  clear(): void {
    if (this.painted === "") return;
    this.stream.write(`\r${" ".repeat(this.painted.length)}\r`);
    this.painted = "";
  }

  private print(text: string): void {
    this.clear();
    const shown = withoutSecrets(text, this.secrets).replace(CONTROL_CHARACTERS, " ").trim();
    this.stream.write(`gro-summarizer: ${shown}\n`);
  }
}
