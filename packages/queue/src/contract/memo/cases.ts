import type { Completion, Memo } from "@gro/summarizer";
import { stepKeyOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifySame } from "../verify.js";

const completion = (text: string): Completion => ({
  ...{ text, finishReason: "stop" },
  usage: { inputTokens: 120, outputTokens: 30 },
});

/** What a memo of completions must do. */
export const remembering: CaseGroup<Memo> = {
  name: "get and set",
  cases: [
    {
      name: "a key that was never set is `undefined`",
      async run({ store }) {
        await store.set(stepKeyOf(1), completion("one"));
        verifySame(await store.get(stepKeyOf(2)), undefined, "get: an unknown key must be `undefined`");
      },
    },
    {
      name: "a completion comes out as it went in",
      async run({ store }) {
        const usage = { inputTokens: 9, outputTokens: 0, cachedInputTokens: 4, cacheWriteTokens: 0 };
        const given: Completion[] = [
          { text: "", finishReason: "refusal", usage },
          { text: '日本語 \u0000 \u2028 "quoted" \\ 👩‍👩‍👧\r\n', finishReason: "length", usage },
          {
            text: "long ".repeat(100_000),
            finishReason: "other",
            usage: { inputTokens: 1.5, outputTokens: 2 },
          },
        ];
        for (const [index, one] of given.entries()) await store.set(stepKeyOf(index), one);
        for (const [index, one] of given.entries()) {
          verifySame(await store.get(stepKeyOf(index)), one, "get: it must answer what was set");
        }
      },
    },
    {
      name: "keys are told apart by case",
      async run({ store }) {
        const key = stepKeyOf(1);
        const other = key.toLowerCase() === key ? key.toUpperCase() : key.toLowerCase();
        await store.set(key, completion("one"));
        verifySame(
          await store.get(other),
          undefined,
          "get: step keys that differ in case are different keys",
        );
      },
    },
    {
      name: "a key that is set again holds one of both, whole",
      async run({ store }) {
        const key = stepKeyOf(1);
        const both = [completion("first"), completion("second")];
        for (const one of both) await store.set(key, one);
        const found = await store.get(key);
        verify(
          both.some(({ text }) => text === found?.text),
          "set: a key that is set twice must hold one of both",
        );
      },
    },
    {
      name: "1,000 keys set at once are all there",
      async run({ store }) {
        const texts = Array.from({ length: 1_000 }, (_, index) => `text ${index}`);
        await Promise.all(texts.map((text, index) => store.set(stepKeyOf(index), completion(text))));
        const found = await Promise.all(texts.map((_, index) => store.get(stepKeyOf(index))));
        verifySame(
          found.map((one) => one?.text),
          texts,
          "set: keys that are set at once must all be there",
        );
      },
    },
    {
      name: "completions are shared with nobody",
      async run({ store }) {
        const given = completion("right");
        await store.set(stepKeyOf(1), given);
        Object.assign(given, { text: "wrong" });
        Object.assign((await store.get(stepKeyOf(1))) ?? {}, { text: "wrong" });
        verifySame(
          await store.get(stepKeyOf(1)),
          completion("right"),
          "get: what callers change must not count",
        );
      },
    },
  ],
};

export const rememberingLonger: CaseGroup<Memo> = {
  name: "crash, reopen and two instances",
  cases: [
    {
      name: "what was set is there after a crash",
      needs: "reopen",
      async run({ store, reopen }) {
        for (let index = 0; index < 20; index++)
          await store.set(stepKeyOf(index), completion(`text ${index}`));
        const again = await reopen();
        for (let index = 0; index < 20; index++) {
          const found = await again.get(stepKeyOf(index));
          verifySame(found, completion(`text ${index}`), "reopen: what was set must survive the crash");
        }
      },
    },
    {
      name: "one instance gets what the other has set",
      needs: "another",
      async run({ store, another }) {
        const other = await another();
        verifySame(await other.get(stepKeyOf(1)), undefined, "get: an unknown key must be `undefined`");
        await store.set(stepKeyOf(1), completion("shared"));
        verifySame(
          await other.get(stepKeyOf(1)),
          completion("shared"),
          "two instances: both must get what one has set",
        );
      },
    },
  ],
};
