import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { transformSync } from "esbuild";
import { seededRandom } from "../test/support/prose.js";

/** The first bytes of a text in UTF-8, as one flat string: one that was put together piece by piece is slow to read. */
function firstBytes(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  let end = Math.min(bytes, buffer.length);
  // Never within a character, of which UTF-8's further bytes are 10xxxxxx.
  while (end < buffer.length && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.toString("utf8", 0, end);
}

function repeated(part: string): (bytes: number) => string {
  return (bytes) => firstBytes(part.repeat(Math.ceil(bytes / Buffer.byteLength(part))), bytes);
}

/** Characters drawn at random, the same in every run. */
function drawnFrom(makeCharacter: (random: () => number) => string): (bytes: number) => string {
  return (bytes) => {
    const random = seededRandom(bytes);
    const characters: string[] = [];
    for (let written = 0; written < bytes;) {
      const character = makeCharacter(random);
      characters.push(character);
      written += Buffer.byteLength(character);
    }
    return firstBytes(characters.join(""), bytes);
  };
}

function oneOf(characters: readonly string[]): (bytes: number) => string {
  return drawnFrom((random) => characters[Math.floor(random() * characters.length)] ?? "");
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const EMOJI = ["😀", "🥳", "👍🏽", "❤️", "1️⃣", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🇯🇵", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏿‍🚀", "🧑🏼‍🤝‍🧑🏻"];

/** The TypeScript compiler, minified: three and a half megabytes in few lines. */
function minifiedScript(): string {
  const path = createRequire(import.meta.url).resolve("typescript");
  return transformSync(readFileSync(path, "utf8"), { minify: true }).code;
}

/** Texts that many programs choke on, each of so many bytes in UTF-8. */
export function hostileTexts(): Readonly<Record<string, (bytes: number) => string>> {
  return {
    "one repeated letter": repeated("a"),
    "random letters": oneOf(Array.from("abcdefghijklmnopqrstuvwxyz")),
    base64: oneOf(Array.from(BASE64)),
    "emoji sequences": oneOf(EMOJI),
    "Chinese without marks": drawnFrom((random) =>
      String.fromCodePoint(0x4e00 + Math.floor(random() * 3000)),
    ),
    "newlines only": repeated("\n"),
    "<|endoftext|>": repeated("<|endoftext|>"),
    "a minified script": repeated(minifiedScript()),
    "combining marks": drawnFrom((random) =>
      random() < 0.1 ? "e" : String.fromCodePoint(0x300 + Math.floor(random() * 112)),
    ),
    "marks piled on one letter": (bytes) => firstBytes(`e${"\u0301".repeat(bytes / 2)}`, bytes),
  };
}
