import { completionFrom, completionOf, memoKeyOf } from "@gro/queue";
import type { Completion, Memo } from "@gro/summarizer";
import type { Database } from "../connection/database.js";
import { text } from "../connection/row.js";
import { corrupt } from "../errors/store-errors.js";
import { memoStatements } from "../statements/memo-statements.js";
import { Gathered } from "./gathered.js";
import type { Retention } from "./retention.js";
import { storable } from "./storable.js";

const MOST = { count: 1_000, weight: 8_000_000 };

/** The memo of a database. Calls at the same time share a statement, and so a sync of the server's disk. */
export function memoOf(database: Database, retention: Retention): Memo {
  const { now, schema } = database.options;
  const statements = memoStatements(schema);

  const reads = new Gathered(async (keys: readonly string[]) => {
    const found = new Map<string, string>();
    for (const row of await database.run(statements.get, [[...new Set(keys)]])) {
      found.set(text(row, "key"), text(row, "completion"));
    }
    return keys.map((key) => found.get(key));
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
      const json = await reads.add(storable("step key", memoKeyOf(key)));
      return json === undefined ? undefined : keptCompletion(key, json);
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
