import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";
import type { LanguageModel } from "@gro/summarizer";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { run, type Environment } from "@gro/cli";

/** Keeps what is written, and may fail as a pipe or a disk does. */
export class Written extends Writable {
  text = "";
  /** What came in one write each. */
  readonly pieces: string[] = [];
  readonly isTTY: boolean;
  readonly columns?: number;

  constructor(
    options: {
      readonly isTTY?: boolean;
      readonly columns?: number;
      readonly failsWith?: string;
      /** So many writes succeed before that. */
      readonly failsAfter?: number;
    } = {},
  ) {
    super({
      write: (piece: Buffer, _encoding, done) => {
        if (options.failsWith !== undefined && this.pieces.length >= (options.failsAfter ?? 0)) {
          return done(Object.assign(new Error(`write ${options.failsWith}`), { code: options.failsWith }));
        }
        this.text += piece.toString();
        this.pieces.push(piece.toString());
        done();
      },
    });
    this.isTTY = options.isTTY ?? false;
    if (options.columns !== undefined) this.columns = options.columns;
  }
}

/** Standard input that brings these bytes; on a terminal, where somebody types. */
export function input(content: string | Uint8Array, isTTY = false): Readable & { isTTY: boolean } {
  return Object.assign(Readable.from([Buffer.from(content)], { objectMode: false }), { isTTY });
}

/** Standard input on which nothing comes and nothing ends. */
export function silence(): Readable {
  return new Readable({ read: () => undefined });
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a run in this process; what a test does not name is harmless. */
export function environment(
  given: Partial<Environment> & { readonly model?: LanguageModel } = {},
): Environment & { readonly stdout: Written; readonly stderr: Written } {
  const { model = scriptedModel(), ...others } = given;
  return {
    stdin: input(""),
    variables: {},
    workingDirectory: process.cwd(),
    signals: new EventEmitter(),
    clock: virtualClock(),
    exit: () => undefined,
    providers: {
      extractive: {
        kind: "local",
        description: "a scripted model",
        create: () => Promise.resolve(model),
      },
    },
    ...others,
    stdout: given.stdout instanceof Written ? given.stdout : new Written(),
    stderr: given.stderr instanceof Written ? given.stderr : new Written(),
  };
}

/** Runs the program to its end. */
export async function program(
  argv: readonly string[],
  given: Parameters<typeof environment>[0] = {},
): Promise<Ended> {
  const surroundings = environment(given);
  const code = await run(argv, surroundings);
  return { code, stdout: surroundings.stdout.text, stderr: surroundings.stderr.text };
}

/** Sentences that differ, about 18 tokens each. */
export function sentences(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `On day ${index} the keeper of the lighthouse wrote down the wind, the tide and ${index + 2} ships.`,
  ).join(" ");
}
