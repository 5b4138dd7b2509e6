import type { Completion } from "../plan/completion.js";

/**
 * Remembers completions by step key, so that no step is paid for twice: after a crash, for an
 * edited document, or between documents that share text. A run asks `get` once a step before it
 * calls the model, and awaits `set` before it uses a completion.
 */
export interface Memo {
  /** The completion stored under `key`, or `undefined`. A rejection ends the run. */
  get(key: string): Promise<Completion | undefined>;
  /** Stores `completion`; the same key always comes with an equally good completion, so the last write may win. */
  set(key: string, completion: Completion): Promise<void>;
}
