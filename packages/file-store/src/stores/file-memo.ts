import type { Completion, Memo } from "@gro/summarizer";
import { completionFrom, completionOf, memoKeyOf, RENEW_WHEN_READ_AFTER_MS } from "@gro/queue";
import type { Journal } from "../journal/journal.js";

interface Kept {
  readonly completion: Completion;
  /** When it was set, in milliseconds since the epoch. */
  readonly at: number;
}

/** The memo of a journal. Completions are read from the file when they are asked for. */
export function memoOf(journal: Journal): Memo {
  const put = (key: string, completion: Completion) => {
    const record = { do: "memo", at: journal.now(), key, completion } as const;
    return journal.append(record, (state, place) => state.setMemo(record, place));
  };
  return {
    get: (key) =>
      journal.call(async () => {
        const line = await journal.memoLine(key);
        const kept = line === undefined ? undefined : keptIn(line);
        if (kept === undefined) return undefined;
        // Somebody needs it. It is good also where it cannot be kept for longer; whoever writes next hears why.
        if (kept.at < journal.now() - RENEW_WHEN_READ_AFTER_MS)
          await put(key, kept.completion).catch(() => undefined);
        return kept.completion;
      }),
    set: (key, completion) => journal.call(async () => put(memoKeyOf(key), completionOf(completion))),
  };
}

/** What a line of the journal holds, `undefined` for a line that holds no completion. */
function keptIn(line: string): Kept | undefined {
  const record: unknown = JSON.parse(line);
  if (typeof record !== "object" || record === null || !("completion" in record)) return undefined;
  const completion = completionFrom(record.completion);
  if (completion === undefined) return undefined;
  return { completion, at: "at" in record && typeof record.at === "number" ? record.at : 0 };
}
