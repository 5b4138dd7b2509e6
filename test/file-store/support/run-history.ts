import { fileStore, type FileStore } from "@gro/file-store";
import type { Scene, Step } from "./history.js";
import { START } from "./history.js";
import type { SimulatedDisk } from "./simulated-disk.js";

const DIRECTORY = "/data/store";

export interface FileScene extends Scene {
  readonly store: FileStore;
}

let stores = 0;

/** Opens a store on a disk, with files so small that they are ended and compacted all the time. */
export function openOn(disk: SimulatedDisk, clock: { readonly time: number }): FileStore {
  let ids = 0;
  stores += 1;
  const name = `s${stores}`;
  return fileStore(DIRECTORY, {
    ...{ clock: { now: () => clock.time }, randomId: () => `${name}x${++ids}` },
    ...{ fileSystem: disk.fileSystem, segmentBytes: 1024 },
  });
}

/** A scene with a store on a disk. */
export function fileScene(disk: SimulatedDisk, time = START): FileScene {
  const clock = { time };
  return { store: openOn(disk, clock), clock, claims: new Map(), batches: new Map() };
}

/** Where a history broke off, and why. `step` is its length when it came to its end. */
export interface BrokenOff {
  readonly step: number;
  readonly error: unknown;
}

export async function runHistory(history: readonly Step[], scene: Scene): Promise<BrokenOff> {
  for (const [index, step] of history.entries()) {
    try {
      await step.run(scene);
      // Compaction goes on beside the calls.
      await turns();
    } catch (error) {
      return { step: index, error };
    }
  }
  return { step: history.length, error: undefined };
}

export async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
