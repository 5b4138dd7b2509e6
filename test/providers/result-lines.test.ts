import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readResultLines, systemClock, type ResultLine } from "@gro/summarizer";
import { anyText } from "../support/any-text.js";

const CONNECTION = { provider: "anthropic", model: "claude-haiku-4-5" };

/** A response that comes in these pieces. */
function responseOf(pieces: readonly Uint8Array[]): Response {
  return new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
  );
}

async function linesOf(pieces: readonly Uint8Array[]): Promise<ResultLine[]> {
  const lines: ResultLine[] = [];
  const time = { clock: systemClock(), milliseconds: 60_000 };
  for await (const line of readResultLines(responseOf(pieces), CONNECTION, time)) lines.push(line);
  return lines;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other),
    bytes.length,
  ];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

describe("the lines of results", () => {
  it("are the same wherever the pieces are cut, whatever stands in their texts", async () => {
    const line = fc.record({
      key: fc.stringMatching(/^[\w-]{1,43}$/),
      text: fc.oneof(anyText(80), fc.constant('"custom_id":"not a key"')),
    });
    const end = fc.constantFrom("\n", "\r\n", "\n\n", "\n \n");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(line, end), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.boolean(),
        async (lines, places, hasLastEnd) => {
          const text = lines
            .map(([{ key, text }, ending], index) => {
              const isLast = index === lines.length - 1;
              return JSON.stringify({ custom_id: key, text }) + (isLast && !hasLastEnd ? "" : ending);
            })
            .join("");
          const expected = lines.map(([{ key, text }]) => {
            // What cannot be written in UTF-8 was escaped, and comes back as it was.
            return { kind: "read", key, line: { custom_id: key, text } };
          });
          expect(await linesOf(cut(new TextEncoder().encode(text), places))).toEqual(expected);
        },
      ),
    );
  });

  it("that are torn or mixed up are told as malformed, and none is lost or throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        async (bytes, places) => {
          const lines = await linesOf(cut(bytes, places));
          const expected = new TextDecoder("utf-8", { ignoreBOM: true })
            .decode(bytes)
            .split("\n")
            .filter((line) => /\S/u.test(line.replace(/^\ufeff/u, "")));
          expect(lines).toHaveLength(expected.length);
        },
      ),
    );
  });

  it("show nothing of what cannot be read", async () => {
    const secret = "The lighthouse keeper's diary";
    const bytes = new TextEncoder().encode(`{"custom_id":"abc","text":"${secret}\n`);
    const [line] = await linesOf([bytes]);
    expect(line).toMatchObject({ kind: "malformed", key: "abc" });
    expect(JSON.stringify(line)).not.toContain(secret);
  });
});
