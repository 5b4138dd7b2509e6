import * as zlib from "node:zlib";

/** The CRC-32 of zlib, PNG and gzip. @param seed the CRC of what comes before, or any other number to begin with */
export type Crc32 = (bytes: Uint8Array, seed: number) => number;

const POLYNOMIAL = 0xedb88320;

function table(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    return rest;
  });
}

/** For versions of Node whose zlib does not offer it: 21, 22.0 and 22.1. */
export function crc32ByTable(): Crc32 {
  const remainders = table();
  return (bytes, seed) => {
    let crc = ~seed;
    for (const byte of bytes) crc = (crc >>> 8) ^ (remainders[(crc ^ byte) & 0xff] ?? 0);
    return ~crc >>> 0;
  };
}

export const crc32: Crc32 = typeof zlib.crc32 === "function" ? zlib.crc32 : crc32ByTable();
