import { dirname, basename } from "node:path";
import type { FileFacts, FileSystem, OpenFile, OpenMode } from "@gro/file-store";
import { below, seededRandom, type Random } from "./random.js";
import { SimulatedDirectory, type Node } from "./simulated-directory.js";
import { SimulatedFile } from "./simulated-file.js";

/** What happens instead of an operation. */
export interface Fault {
  /** Which operation it is, from 0: those count that change something or wait for the disk. */
  readonly at: number;
  /** `power`: the machine is off from then on. Others: the operation fails with this code, and those after it do not. */
  readonly kind: "power" | "ENOSPC" | "EIO";
}

/** What every operation throws once the power is gone. */
export class PowerLost extends Error {
  override readonly name = "PowerLost";
}

/**
 * Files in memory that treat what is not synced as badly as a disk may. Everything that is left to chance follows from a seed.
 */
export class SimulatedDisk {
  readonly #root: SimulatedDirectory;
  readonly #random: Random;
  readonly #fault: Fault | undefined;
  #operations = 0;
  #isOff = false;
  /** Handles that are open. */
  openFiles = 0;
  /** What names what happened, in order. */
  readonly log: string[] = [];

  constructor(fault?: Fault, seed = 1, root = new SimulatedDirectory()) {
    this.#root = root;
    this.#random = seededRandom(seed);
    this.#fault = fault;
  }

  /** Operations so far that change something or wait for the disk. */
  get operations(): number {
    return this.#operations;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** The disk as it is found when the power is back. */
  afterPowerLoss(fault?: Fault): SimulatedDisk {
    return new SimulatedDisk(fault, below(this.#random, 2 ** 31), this.#root.afterPowerLoss(this.#random));
  }

  /** Another disk with the same files. */
  clone(): SimulatedDisk {
    return new SimulatedDisk(undefined, 1, this.#root.clone());
  }

  /** @throws where there is no such file */
  file(path: string): SimulatedFile {
    const node = this.#find(path);
    if (node instanceof SimulatedFile) return node;
    throw systemError(node === undefined ? "ENOENT" : "EISDIR");
  }

  /** Names of the files in a directory with their sizes. */
  sizes(directory: string): Map<string, number> {
    const names = [...this.#directory(directory).names].sort();
    return new Map(names.map(([name, node]) => [name, node instanceof SimulatedFile ? node.length : 0]));
  }

  get fileSystem(): FileSystem {
    return {
      open: (path, mode) => this.#open(path, mode),
      list: (path) => [...this.#directory(path).names.keys()],
      facts: (path) => this.#facts(path),
      makeDirectory: (path) => {
        const parent = this.#directory(dirname(path));
        if (parent.names.has(basename(path))) throw systemError("EEXIST");
        const made = new SimulatedDirectory();
        this.#operation(`mkdir ${path}`, () => parent.change((names) => names.set(basename(path), made)));
      },
      rename: (from, to) => {
        const parent = this.#directory(dirname(from));
        const node = parent.names.get(basename(from));
        if (node === undefined) throw systemError("ENOENT");
        const replaced = parent.names.get(basename(to));
        const isDirectory = node instanceof SimulatedDirectory;
        if (replaced !== undefined && isDirectory !== replaced instanceof SimulatedDirectory) {
          throw systemError(isDirectory ? "ENOTDIR" : "EISDIR");
        }
        this.#operation(`rename ${from} ${to}`, () =>
          parent.change((names) => {
            names.delete(basename(from));
            names.set(basename(to), node);
          }),
        );
      },
      remove: (path) => {
        const parent = this.#directory(dirname(path));
        const node = parent.names.get(basename(path));
        if (node === undefined) throw systemError("ENOENT");
        this.#operation(`remove ${path}`, () => {
          parent.change((names) => names.delete(basename(path)));
          if (node instanceof SimulatedFile) node.links = 0;
        });
      },
      syncDirectory: async (path) => {
        const directory = this.#directory(path);
        await Promise.resolve();
        this.#operation(`sync ${path}`, () => directory.sync());
      },
    };
  }

  #open(path: string, mode: OpenMode): OpenFile {
    const found = this.#find(path);
    if (found instanceof SimulatedDirectory) throw systemError("EISDIR");
    if (found !== undefined && mode === "createNew") throw systemError("EEXIST");
    if (found === undefined && (mode === "read" || mode === "append")) throw systemError("ENOENT");
    const file = found ?? new SimulatedFile();
    if (found === undefined) {
      const parent = this.#directory(dirname(path));
      this.#operation(`create ${path}`, () => parent.change((names) => names.set(basename(path), file)));
    }
    return this.#handle(path, file, mode !== "read");
  }

  #handle(path: string, file: SimulatedFile, canAppend: boolean): OpenFile {
    let isOpen = true;
    this.openFiles += 1;
    const used = () => {
      this.#checkPower();
      if (!isOpen) throw systemError("EBADF");
      return file;
    };
    return {
      size: () => used().length,
      sizeInPlace: () => (used().links === 0 ? null : file.length),
      read: (target, position) => used().bytes.copy(target, 0, Math.min(position, file.length)),
      append: (bytes) => {
        used();
        if (!canAppend) throw systemError("EBADF");
        return this.#append(path, file, bytes);
      },
      sync: async () => {
        const { length } = used();
        await Promise.resolve();
        this.#operation(`sync ${path}`, () => file.sync(length));
      },
      close: () => {
        if (!isOpen) throw systemError("EBADF");
        isOpen = false;
        this.openFiles -= 1;
      },
    };
  }

  #append(path: string, file: SimulatedFile, bytes: Uint8Array): number {
    let written = bytes.byteLength;
    this.#operation(
      `append ${path}`,
      () => file.append(bytes),
      () => {
        // A full disk takes what fits.
        written = below(this.#random, bytes.byteLength + 1);
        file.append(bytes.subarray(0, written));
        if (written === 0 || this.#random() < 0.3) throw systemError(this.#fault?.kind ?? "EIO");
      },
    );
    return written;
  }

  /** Does something, or what the fault makes of it. */
  #operation(name: string, work: () => void, failure?: () => void): void {
    this.#checkPower();
    this.log.push(name);
    const number = this.#operations;
    this.#operations += 1;
    if (number !== this.#fault?.at) return work();
    if (this.#fault.kind === "power") {
      // Whether it still got done is left to chance.
      if (this.#random() < 0.5) work();
      this.#isOff = true;
      throw new PowerLost();
    }
    if (failure === undefined) throw systemError(this.#fault.kind);
    failure();
  }

  #facts(path: string): FileFacts {
    const node = this.#find(path);
    if (node === undefined) throw systemError("ENOENT");
    const isFile = node instanceof SimulatedFile;
    return {
      kind: isFile ? "file" : "directory",
      size: isFile ? node.length : 0,
      mode: 0o644,
      modifiedAt: isFile ? node.modifiedAt : 0,
    };
  }

  #directory(path: string): SimulatedDirectory {
    const node = this.#find(path);
    if (node === undefined) throw systemError("ENOENT");
    if (node instanceof SimulatedDirectory) return node;
    throw systemError("ENOTDIR");
  }

  #find(path: string): Node | undefined {
    this.#checkPower();
    let node: Node | undefined = this.#root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (!(node instanceof SimulatedDirectory)) return undefined;
      node = node.names.get(name);
    }
    return node;
  }

  #checkPower(): void {
    if (this.#isOff) throw new PowerLost();
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
