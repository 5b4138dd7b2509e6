import type { Completion, Memo } from "@gro/summarizer";
import { completionOf, memoKeyOf } from "../arguments/memo-arguments.js";
import { plainCopy } from "../plain-copy.js";

/** A memo that lives as long as the object. It keeps copies, as one on disk does. */
export function memoryMemo(): Memo {
  const completions = new Map<string, Completion>();
  return {
    async get(key) {
      const completion = completions.get(key);
      return completion === undefined ? undefined : plainCopy(completion);
    },
    async set(key, completion) {
      memoKeyOf(key);
      completionOf(completion);
      completions.set(key, plainCopy(completion));
    },
  };
}
