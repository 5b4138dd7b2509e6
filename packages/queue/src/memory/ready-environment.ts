import type { StoreEnvironment } from "../ports/durable-store.js";

export interface ReadyEnvironment {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomId: () => string;
}

/** Fills in the machine's clock and randomness where nothing else is given. */
export function readyEnvironment(environment: StoreEnvironment = {}): ReadyEnvironment {
  const { clock = Date, randomId = () => globalThis.crypto.randomUUID() } = environment;
  return { now: () => clock.now(), randomId };
}
