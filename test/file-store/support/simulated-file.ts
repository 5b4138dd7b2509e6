import { below, type Random } from "./random.js";

/** Power fails by the sector: of each that was not synced, the new or the old content is there, or anything at all. */
const SECTOR = 64;

/** A file that knows which of its bytes survive a loss of power. */
export class SimulatedFile {
  #bytes = Buffer.alloc(256);
  #length = 0;
  #synced = 0;
  /** Names that it has. */
  links = 1;
  modifiedAt = 0;

  static holding(bytes: Uint8Array): SimulatedFile {
    const file = new SimulatedFile();
    file.append(bytes);
    file.#synced = file.#length;
    return file;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.byteLength;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2));
      this.bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** @param length as much of the file as was there when the sync began */
  sync(length: number): void {
    this.#synced = Math.max(this.#synced, length);
  }

  /** Changes a byte behind everybody's back. */
  overwrite(offset: number, byte: number): void {
    this.#bytes[offset] = byte;
  }

  /** Takes bytes out behind everybody's back, or puts others in their place. */
  splice(start: number, end: number, instead: Uint8Array = Buffer.alloc(0)): void {
    const bytes = Buffer.concat([this.bytes.subarray(0, start), instead, this.bytes.subarray(end)]);
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#synced = Math.min(this.#synced, this.#length);
  }

  truncate(length: number): void {
    this.#length = length;
    this.#synced = Math.min(this.#synced, length);
  }

  /** What is left of it after a loss of power. */
  afterPowerLoss(random: Random): SimulatedFile {
    const unsynced = this.#length - this.#synced;
    // The length of a file gets to the disk by its own ways.
    const kept = this.#synced + below(random, unsynced + 1);
    const left = SimulatedFile.holding(this.bytes.subarray(0, random() < 0.5 ? kept : this.#length));
    left.modifiedAt = this.modifiedAt;
    if (random() < 0.4) return left;
    for (let start = this.#synced; start < left.#length; start = nextSector(start)) {
      const sector = left.#bytes.subarray(start, Math.min(nextSector(start), left.#length));
      if (random() < 0.5) continue;
      if (random() < 0.5) sector.fill(0);
      else sector.forEach((_, index) => (sector[index] = below(random, 256)));
    }
    return left;
  }

  clone(): SimulatedFile {
    return SimulatedFile.holding(this.bytes);
  }
}

function nextSector(offset: number): number {
  return (Math.floor(offset / SECTOR) + 1) * SECTOR;
}
