import { approximate } from "@gro/summarizer";
import { describe, expect, it } from "vitest";
import { chat } from "./support/chats.js";
import { batchScene } from "./support/scene.js";

/** A tokenizer that remembers what it was asked to count. */
function watched() {
  const asked: string[] = [];
  const { count } = approximate();
  return { asked, tokenizer: { id: "watched", count: (text: string) => (asked.push(text), count(text)) } };
}

/** Room for all messages, so that nothing is compacted before its time. */
const BUDGETS = { workingMemoryTokens: 1_000_000, pageSlotTokens: 18_000 };

/** Long enough that no header, name or line of ours is meant. */
function isLong(text: string): boolean {
  return text.length > 500;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

describe("what a compaction counts", () => {
  it.each([1, 2, 3])(
    "is no text that was counted when it was added, and none twice (seed %i)",
    async (seed) => {
      const { asked, tokenizer } = watched();
      const { memory, pages } = batchScene({ tokenizer, ...BUDGETS });
      const messages = chat({ seed, messages: 200, words: 200, important: 0, ephemeral: 0 });
      await memory.add(messages);
      await memory.assemble();
      const added = asked.splice(0);
      await memory.compact();
      await memory.assemble();
      expect((await pages()).length).toBeGreaterThan(2);
      expect(asked.filter((text) => isLong(text) && added.includes(text)).length).toBe(0);
      expect(new Set(asked.filter(isLong)).size).toBe(asked.filter(isLong).length);
      // Nor the same in other words: pages are the sums of their messages.
      expect(lengthOf(asked)).toBeLessThan(lengthOf(added) / 10);
    },
  );

  it("is of messages with ephemeral lines what is left of them, once", async () => {
    const { asked, tokenizer } = watched();
    const { memory, pages } = batchScene({ tokenizer, ...BUDGETS });
    const messages = chat({ seed: 4, messages: 200, words: 200, important: 0, ephemeral: 0.3 });
    await memory.add(messages);
    const added = asked.splice(0);
    await memory.compact();
    expect((await pages()).length).toBeGreaterThan(2);
    const long = asked.filter(isLong);
    expect(long.length).toBeGreaterThan(20);
    // Once to see whether it fits into a page, and once to fill pages.
    for (const text of long) expect(long.filter((other) => other === text).length).toBeLessThanOrEqual(2);
    expect(lengthOf(asked)).toBeLessThan(lengthOf(added));
  });
});
