import { constants } from "node:buffer";
import { createReadStream } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { finished, type Readable } from "node:stream";
import { decodeText } from "./decode-text.js";
import type { Session } from "./environment.js";
import type { MessageOutput } from "./message-output.js";
import { reasonOf } from "./reason-of.js";
import { UsageError } from "./usage-error.js";

/** Stands for standard input in place of a file. */
export const STANDARD_INPUT = "-";

/** What an input is called in messages. */
export function inputName(file: string): string {
  return file === STANDARD_INPUT ? "standard input" : file;
}

/** A string cannot be longer. */
const MOST_BYTES = constants.MAX_STRING_LENGTH;
const MOST_MEGABYTES = Math.round(MOST_BYTES / 2 ** 20);

const PIECE_BYTES = 2 ** 18;

/** All bytes of a stream; at an abort the stream is let go at once, even one that never comes to its beginning. */
function collect(stream: Readable, name: string, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const stop = (reason: unknown) => {
      signal.removeEventListener("abort", abort);
      stream.destroy();
      reject(reason);
    };
    const abort = () => stop(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    stream.on("data", (piece: string | Uint8Array) => {
      const taken = typeof piece === "string" ? Buffer.from(piece) : piece;
      pieces.push(taken);
      bytes += taken.length;
      if (bytes > MOST_BYTES) {
        stop(new UsageError(`${name} is too large: at most ${MOST_MEGABYTES} MB can be summarized at once.`));
      }
    });
    finished(stream, { writable: false }, (error) => {
      if (error) return stop(new UsageError(`Cannot read ${name}: ${reasonOf(error)}.`));
      signal.removeEventListener("abort", abort);
      resolve(Buffer.concat(pieces, bytes));
    });
  });
}

async function readStandardInput(session: Session, output: MessageOutput): Promise<string> {
  const { stdin } = session.environment;
  if (stdin.isTTY === true) {
    output.notice("reading from the terminal: type or paste the text, then press Enter and Ctrl-D.");
  }
  const bytes = await collect(stdin, "standard input", session.signal);
  if (bytes.length === 0) {
    throw new UsageError(
      "Standard input is empty: nothing was piped in.",
      "Name a file, or pipe a text: gro-summarizer summarize notes.txt, or gro-summarizer summarize < notes.txt",
    );
  }
  return decodeText(bytes, "Standard input");
}

/**
 * The text of a file, or of standard input for `-`.
 * @throws UsageError when it cannot be read or is no text.
 */
export async function readInput(file: string, session: Session, output: MessageOutput): Promise<string> {
  if (file === STANDARD_INPUT) return readStandardInput(session, output);
  if (file.includes("\0")) throw new UsageError("Cannot read a file whose name has a NUL character in it.");
  const path = resolvePath(session.environment.workingDirectory, file);
  const stream = createReadStream(path, { highWaterMark: PIECE_BYTES });
  return decodeText(await collect(stream, file, session.signal), file);
}
