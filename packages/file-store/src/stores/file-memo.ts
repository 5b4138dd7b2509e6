import type { Memo } from "@gro/summarizer";
import type { Journal } from "../journal/journal.js";
import { completionIn } from "./stored-completion.js";

/** The memo of a journal. Completions are read from the file when they are asked for. */
export function memoOf(journal: Journal): Memo {
  return {
    get: (key) =>
      journal.call(async () => {
        const line = await journal.memoLine(key);
        return line === undefined ? undefined : completionIn(line);
      }),
    set: (key, completion) =>
      journal.call(() => {
        const record = { do: "memo", at: journal.now(), key, completion } as const;
        return journal.append(record, (state, place) => state.setMemo(record, place));
      }),
  };
}
