import type { Completion, Memo } from "@gro/summarizer";
import { completionFrom, completionOf, memoKeyOf } from "@gro/queue";
import type { Journal } from "../journal/journal.js";

/** The memo of a journal. Completions are read from the file when they are asked for. */
export function memoOf(journal: Journal): Memo {
  return {
    get: (key) =>
      journal.call(async () => {
        const line = await journal.memoLine(key);
        return line === undefined ? undefined : completionIn(line);
      }),
    set: (key, completion) =>
      journal.call(async () => {
        const checked = { key: memoKeyOf(key), completion: completionOf(completion) };
        const record = { do: "memo", at: journal.now(), ...checked } as const;
        return journal.append(record, (state, place) => state.setMemo(record, place));
      }),
  };
}

/** The completion in a line of the journal, `undefined` for a line that holds none. */
function completionIn(line: string): Completion | undefined {
  const record: unknown = JSON.parse(line);
  return typeof record === "object" && record !== null && "completion" in record
    ? completionFrom(record.completion)
    : undefined;
}
