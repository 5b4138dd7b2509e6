import { setImmediate } from "node:timers";

/** Lets everything else have its turn in the middle of long work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
