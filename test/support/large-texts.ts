import { prose, seededRandom } from "./prose.js";

/** One after the other until there are `units`, joined in one go: a text put together letter by letter is slow to read. */
function gather(units: number, makePart: (random: () => number, index: number) => string): string {
  const random = seededRandom(units);
  const parts: string[] = [];
  for (let written = 0; written < units;) {
    const part = makePart(random, parts.length);
    parts.push(part);
    written += part.length;
  }
  return parts.join("").slice(0, units);
}

const anyOf = (random: () => number, count: number) => Math.floor(random() * count);

const PROSE = prose(20_000);

/** The kinds of text that are planned in different ways, each of about so many UTF-16 units. */
export const LARGE_TEXTS = {
  prose: (units) => gather(units, () => `${PROSE}\n\n`),
  "one line of prose": (units) => gather(units, () => PROSE.replace(/\s+/gu, " ")),
  "letters without spaces": (units) =>
    gather(units, (random) => String.fromCharCode(0x61 + anyOf(random, 26))),
  "Chinese without marks": (units) =>
    gather(units, (random) => String.fromCharCode(0x4e00 + anyOf(random, 3000))),
  "a minified script": (units) =>
    gather(units, (random, index) => {
      const name = `f${anyOf(random, 1e6).toString(36)}`;
      return `function ${name}(e,t){var r=e[${index}],o={a:"${name}",b:!0};return r&&o?t.call(e,r.${name}||void 0):0}`;
    }),
  "newlines only": (units) => `a${"\n".repeat(units)}b`,
  "spaces only": (units) => `a${" ".repeat(units)}b`,
  "numbers between spaces": (units) => gather(units, (random) => `${anyOf(random, 100)} `),
} satisfies Record<string, (units: number) => string>;

export type LargeText = keyof typeof LARGE_TEXTS;
