import type { Completion, Memo } from "@gro/summarizer";
import { completionOf, memoKeyOf } from "../arguments/memo-arguments.js";

/** A memo that lives as long as the object. It keeps copies, as one on disk does; texts, which nobody can change, are not copied. */
export function memoryMemo(): Memo {
  const completions = new Map<string, Completion>();
  return {
    async get(key) {
      const completion = completions.get(key);
      return completion === undefined ? undefined : completionOf(completion);
    },
    async set(key, completion) {
      memoKeyOf(key);
      completions.set(key, completionOf(completion));
    },
  };
}
