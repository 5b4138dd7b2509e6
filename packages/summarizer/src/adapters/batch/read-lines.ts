const LINE_FEED = 0x0a;

/**
 * The lines of a text in UTF-8, wherever the pieces that it comes in are cut. A line ends at a line feed and nowhere else: inside JSON
 * there may be U+2028, which other readers of lines take for an end. Blank lines are left out, and the last one needs no end. A
 * carriage return stays: JSON does not mind it.
 * Takes time in proportion to the length, however long a line is.
 */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  /** What has come of a line whose end has not. */
  let begun: Uint8Array[] = [];

  function finish(end: Uint8Array): string {
    const bytes = begun.length === 0 ? end : joined([...begun, end]);
    begun = [];
    return decoder.decode(bytes);
  }

  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, start)) {
      const line = finish(piece.subarray(start, end));
      start = end + 1;
      if (!isBlank(line)) yield line;
    }
    if (start < piece.length) begun.push(piece.subarray(start));
  }
  const last = finish(new Uint8Array());
  if (!isBlank(last)) yield last;
}

/** Looks no further than the first character that is none. */
function isBlank(line: string): boolean {
  return !/\S/u.test(line);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
}
