import type { Completion } from "../plan/completion.js";
import type { Memo } from "../ports/memo.js";

/** A memo that lives as long as the object: for one run, for tests, and for hosts that re-summarize in one process. */
export function memoryMemo(): Memo {
  const completions = new Map<string, Completion>();
  return {
    get: (key) => Promise.resolve(completions.get(key)),
    set: (key, completion) => {
      completions.set(key, completion);
      return Promise.resolve();
    },
  };
}
