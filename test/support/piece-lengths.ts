/**
 * Whether no run of a text with or without white space has more than 256 bytes, and so none of its pieces: js-tiktoken's time grows with
 * the square of a piece.
 */
export function hasShortRunsOnly(text: string): boolean {
  return (text.match(/\S+|\s+/gu) ?? []).every((run) => Buffer.byteLength(run) <= 256);
}
