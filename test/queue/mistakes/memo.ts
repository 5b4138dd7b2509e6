import type { Mistake } from "../broken-store.js";
import type { Amnesia } from "../finds-mistakes.js";

const file = "memory/memory-memo.ts";
const set = "completions.set(key, completionOf(completion));";

/** Mistakes that memos really have, and the cases that find them. */
export const memoMistakes: readonly Mistake[] = [
  {
    name: "get answers null for an unknown key",
    file,
    right: "completion === undefined ? undefined",
    wrong: "completion === undefined ? null",
    foundBy: ["a key that was never set is `undefined`"],
  },
  {
    name: "set keeps the text alone",
    file,
    right: set,
    wrong:
      "const lost = { finishReason: 'stop', usage: { inputTokens: 0, outputTokens: 0 } }; completions.set(key, { ...lost, text: completion.text });",
    foundBy: ["a completion comes out as it went in"],
  },
  {
    name: "keys are taken for file names of a system that ignores case",
    file,
    right: "completions.get(key)",
    wrong: "completions.get([...completions.keys()].find((one) => one.toLowerCase() === key.toLowerCase()))",
    foundBy: ["keys are told apart by case"],
  },
  {
    name: "set mixes two completions",
    file,
    right: set,
    wrong:
      "const text = (completions.get(key)?.text ?? '') + completion.text; completions.set(key, { ...completion, text });",
    foundBy: ["a key that is set again holds one of both, whole"],
  },
  {
    name: "set writes all keys anew, and so loses those that are set at once",
    file,
    right: set,
    wrong: `const all = new Map(completions);
      await null;
      completions.clear();
      for (const [other, one] of all) completions.set(other, one);
      completions.set(key, completion);`,
    foundBy: ["1,000 keys set at once are all there"],
  },
  {
    name: "set keeps the caller's own completion",
    file,
    right: set,
    wrong: "completions.set(key, completion);",
    foundBy: ["completions are shared with nobody"],
  },
];

export const forgetfulMemos: readonly Amnesia[] = [
  { name: "set is not durable", forgets: "memo.set", foundBy: ["what was set is there after a crash"] },
  {
    name: "two instances do not see each other's work",
    isDivided: true,
    foundBy: ["one instance gets what the other has set"],
  },
];
