import { completionFrom, completionOf, memoKeyOf, RENEW_WHEN_READ_AFTER_MS } from "@gro/queue";
import type { Completion, Memo } from "@gro/summarizer";
import type { Database } from "../connection/database.js";
import { number, text } from "../connection/row.js";
import { corrupt } from "../errors/store-errors.js";
import { memoStatements } from "../statements/memo-statements.js";
import { Gathered } from "./gathered.js";
import type { Retention } from "./retention.js";
import { storable } from "./storable.js";

const MOST = { count: 1_000, weight: 8_000_000 };

interface Found {
  readonly json: string;
  /** It would go soon, although somebody needs it. */
  readonly isOld: boolean;
}

/** The memo of a database. Calls at the same time share a statement, and so a sync of the server's disk. */
export function memoOf(database: Database, retention: Retention): Memo {
  const { now, schema } = database.options;
  const statements = memoStatements(schema);

  const reads = new Gathered(async (keys: readonly string[]) => {
    const found = new Map<string, Found>();
    const values = [now(), [...new Set(keys)], RENEW_WHEN_READ_AFTER_MS];
    for (const row of await database.run(statements.get, values)) {
      found.set(text(row, "key"), { json: text(row, "completion"), isOld: number(row, "is_old") === 1 });
    }
    return keys.map((key) => found.get(key));
  }, MOST);

  /** What is read is good, whether it can be kept for longer or not. */
  const renewals = new Gathered(async (keys: readonly string[]) => {
    const values = [now(), [...new Set(keys)], RENEW_WHEN_READ_AFTER_MS];
    await database.run(statements.renew, values).catch((error: unknown) => retention.tell(error));
    return keys.map(() => undefined);
  }, MOST);

  const writes = new Gathered(
    async (entries: readonly (readonly [key: string, json: string])[]) => {
      const latest = new Map(entries);
      await database.run(statements.set, [now(), [...latest.keys()], [...latest.values()]]);
      return entries.map(() => undefined);
    },
    MOST,
    ([, json]) => json.length,
  );

  return {
    async get(key) {
      const found = await reads.add(storable("step key", memoKeyOf(key)));
      if (found?.isOld === true) await renewals.add(key);
      return found === undefined ? undefined : keptCompletion(key, found.json);
    },
    async set(key, completion) {
      await writes.add([storable("step key", memoKeyOf(key)), JSON.stringify(completionOf(completion))]);
      retention.noteUse();
    },
  };
}

function keptCompletion(key: string, json: string): Completion {
  const completion = completionFrom(JSON.parse(json));
  if (completion === undefined) throw corrupt("the completion", key, "it has no text, reason or usage");
  return completion;
}
