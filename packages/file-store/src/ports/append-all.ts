import type { OpenFile } from "./file-system.js";

/**
 * Appends to a file that nobody else writes to. A write that comes to its end too early tells no reason: the next one does.
 *
 * @throws what the file system throws
 */
export function appendAll(file: OpenFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.byteLength) {
    const count = file.append(bytes.subarray(written));
    if (count === 0) throw new Error(`only ${written} of ${bytes.byteLength} bytes could be written`);
    written += count;
  }
}
