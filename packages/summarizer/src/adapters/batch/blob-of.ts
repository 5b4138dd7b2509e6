/** So many characters are made bytes at a time, and then no longer kept as text. */
const PIECE = 1_048_576;

/** A text as bytes in UTF-8. Besides them it takes up memory for a piece of the text, not for all of it. */
export function blobOf(texts: Iterable<string>, type: string): Blob {
  const pieces: Blob[] = [];
  let begun: string[] = [];
  let length = 0;
  const finish = () => {
    pieces.push(new Blob(begun));
    begun = [];
    length = 0;
  };
  for (const text of texts) {
    begun.push(text);
    length += text.length;
    if (length >= PIECE) finish();
  }
  finish();
  return new Blob(pieces, { type });
}

/** How many bytes a text is in UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
