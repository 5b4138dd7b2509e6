import { crc32 } from "node:zlib";

const HEAD_LENGTH = '{"crc":"00000000","size":"00000000",'.length;

/** A line as FORMAT.md describes it, with the newline before it. @param number of the file */
export function lineOf(fields: object, number: number): string {
  const rest = JSON.stringify(fields).slice(1);
  const hexadecimal = (value: number) => value.toString(16).padStart(8, "0");
  const size = HEAD_LENGTH + Buffer.byteLength(rest);
  return `\n{"crc":"${hexadecimal(crc32(rest, number))}","size":"${hexadecimal(size)}",${rest}`;
}

/** Where the lines of a file are: from the first byte to behind the last. */
export function linesIn(bytes: Buffer): { readonly start: number; readonly end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let start = 1; start < bytes.length;) {
    const next = bytes.indexOf(0x0a, start);
    const end = next === -1 ? bytes.length : next;
    lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}
