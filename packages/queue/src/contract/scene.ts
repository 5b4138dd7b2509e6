/** What a case works with. */
export interface Scene<Store> {
  readonly store: Store;
  /** The lease and the delay of the cases, in milliseconds. */
  readonly leaseMs: number;
  /** Milliseconds since the epoch by the given clock: for cases that need `"clock"`. */
  readonly now: () => number;
  readonly passTime: (milliseconds: number) => Promise<void>;
  /** For cases that need `"reopen"`. */
  readonly reopen: () => Promise<Store>;
  /** For cases that need `"another"`. */
  readonly another: () => Promise<Store>;
}

/** What not every store can do. */
export type Need = "reopen" | "another" | "clock" | "case";

/** One promise of a port, as something to try. */
export interface ContractCase<Store> {
  /** A sentence about the store. */
  readonly name: string;
  readonly needs?: Need;
  /** Rejects with what is wrong. */
  readonly run: (scene: Scene<Store>) => Promise<void>;
}

export interface CaseGroup<Store> {
  readonly name: string;
  readonly cases: readonly ContractCase<Store>[];
}
