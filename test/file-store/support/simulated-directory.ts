import type { Random } from "./random.js";
import type { SimulatedFile } from "./simulated-file.js";

export type Node = SimulatedFile | SimulatedDirectory;

type Change = (names: Map<string, Node>) => void;

/** A directory that knows which of its names survive a loss of power. */
export class SimulatedDirectory {
  readonly names = new Map<string, Node>();
  #durable = new Map<string, Node>();
  #unsynced: Change[] = [];

  /** Makes a change that is lost with the power as long as it is not synced. */
  change(change: Change): void {
    change(this.names);
    this.#unsynced.push(change);
  }

  sync(): void {
    this.#durable = new Map(this.names);
    this.#unsynced = [];
  }

  /** What is left of it after a loss of power: of the unsynced changes any may have got to the disk. */
  afterPowerLoss(random: Random): SimulatedDirectory {
    const names = new Map(this.#durable);
    for (const change of this.#unsynced) if (random() < 0.5) change(names);
    const left = new SimulatedDirectory();
    for (const [name, node] of names) left.names.set(name, node.afterPowerLoss(random));
    left.sync();
    return left;
  }

  clone(): SimulatedDirectory {
    const copy = new SimulatedDirectory();
    for (const [name, node] of this.names) copy.names.set(name, node.clone());
    copy.sync();
    return copy;
  }
}
