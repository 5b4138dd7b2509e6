import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  approximate,
  memoryMemo,
  memorySummaryRecords,
  readConversationSummary,
  RecordConflictError,
  RecordStoreFailedError,
  updateConversationSummary,
  type ConversationTurn,
  type SummaryRecordStore,
  type SummaryStorageRecord,
} from "@gro/summarizer";
import { textToSend } from "@gro/queue";
import { scriptedModel, virtualClock } from "@gro/summarizer/testing";
import { prose } from "../../support/prose.js";

const tokenizer = approximate();
const conversationId = "talk-7";

function turnsOf(words: number, seed: number): ConversationTurn[] {
  return prose(words, seed)
    .split("\n\n")
    .map((content, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content }));
}

function settings(store: SummaryRecordStore = memorySummaryRecords()) {
  const model = scriptedModel({ tokenizer });
  return { conversationId, store, model, tokenizer, clock: virtualClock(), targetTokens: 120 };
}

function recordOf(content: string, createdAt = "2026-01-01T00:00:00.000Z"): SummaryStorageRecord {
  return {
    id: `${conversationId}:summary`,
    content,
    metadata: {
      conversation_id: conversationId,
      role: "summary",
      input_tokens: 1,
      output_tokens: 1,
      compression_ratio: 1,
      collapse_depth: 0,
      created_at: createdAt,
      is_final: true,
    },
  };
}

describe("updating a conversation's summary", () => {
  it("stores the record that hosts know, and gives it back as a prefix", async () => {
    const given = settings();
    const update = await updateConversationSummary({ ...given, turns: turnsOf(900, 1) });
    expect(update.kind).toBe("updated");
    const record = await given.store.get("talk-7:summary");
    expect(record).toEqual(update.record);
    expect(record).toMatchObject({
      id: "talk-7:summary",
      metadata: {
        conversation_id: "talk-7",
        role: "summary",
        created_at: "2026-01-01T00:00:00.000Z",
        is_final: true,
      },
    });
    expect(tokenizer.count(record?.content ?? "")).toBeLessThanOrEqual(120);
    const prefix = await readConversationSummary({ conversationId, store: given.store });
    expect(prefix).toBe(`Summary of the conversation so far:\n\n${record?.content ?? ""}`);
    const plain = await readConversationSummary({ conversationId, store: given.store, heading: "" });
    expect(plain).toBe(record?.content);
  });

  it("writes who said what, and asks for a summary of a conversation", async () => {
    const given = settings();
    const turns = [
      { role: "user", name: "Ada", content: `  The code word is heron. ${prose(300, 2)}` },
      { role: "assistant", content: "Noted." },
    ];
    await updateConversationSummary({ ...given, turns });
    const [request] = given.model.requests;
    expect(request?.prompt).toContain("Ada (user): The code word is heron.");
    expect(request?.prompt).toContain("assistant: Noted.");
    expect(request?.system).toContain("It is a conversation.");
  });

  it("knows no tags of lines: who leaves lines out beforehand keeps them from the model and the store", async () => {
    const said = `${prose(300, 2)}\nThe password is heron. @@ephemeral@@\nNever delete the ledger. @@important@@`;
    const sentOf = async (content: string) => {
      const given = settings();
      await updateConversationSummary({ ...given, turns: [{ role: "user", content }] });
      return given.model.requests.map(({ prompt }) => prompt).join("\n");
    };
    expect(await sentOf(said)).toContain("The password is heron. @@ephemeral@@");
    const sent = await sentOf(textToSend(said));
    expect(sent).not.toContain("heron");
    expect(sent).toContain("Never delete the ledger. @@important@@");
  });

  it("carries the summary of what came before forward", async () => {
    const given = settings();
    const first = await updateConversationSummary({ ...given, turns: turnsOf(900, 1) });
    const asked = given.model.requests.length;
    await updateConversationSummary({ ...given, turns: turnsOf(900, 2) });
    const later = given.model.requests.slice(asked);
    expect(later.some(({ prompt }) => prompt.includes(first.record?.content ?? "?"))).toBe(true);
  });

  it("does not drop what came before when the new turns are short", async () => {
    const given = { ...settings(), targetTokens: 300 };
    await updateConversationSummary({
      ...given,
      turns: [{ role: "user", content: "I am allergic to nuts." }],
    });
    const second = await updateConversationSummary({
      ...given,
      turns: [{ role: "user", content: "Book a table for two." }],
    });
    expect(given.model.requests).toHaveLength(0);
    expect(second.record?.content).toBe("user: I am allergic to nuts.\n\nuser: Book a table for two.");

    const third = await updateConversationSummary({ ...given, turns: turnsOf(220, 3) });
    const sent = given.model.requests.map(({ prompt }) => prompt).join("\n");
    expect(sent).toContain("allergic to nuts");
    expect(tokenizer.count(third.record?.content ?? "")).toBeLessThanOrEqual(300);
  });

  it("reads a huge prior summary to its end", async () => {
    const store = memorySummaryRecords();
    await store.put(recordOf(`${prose(6_000, 4)} The last word is heron.`), null);
    const given = settings(store);
    const update = await updateConversationSummary({ ...given, turns: turnsOf(900, 5) });
    expect(given.model.requests.some(({ prompt }) => prompt.includes("The last word is heron."))).toBe(true);
    expect(tokenizer.count(update.record?.content ?? "")).toBeLessThanOrEqual(120);
  });

  it.each([
    ["no turns", []],
    ["turns that say nothing", [{ role: "user", content: " \n" }]],
  ])("asks and stores nothing for %s", async (_name, turns) => {
    const given = settings();
    expect(await updateConversationSummary({ ...given, turns })).toEqual({ kind: "unchanged", record: null });
    expect(await given.store.get("talk-7:summary")).toBeUndefined();

    await given.store.put(recordOf("Before."), null);
    const again = await updateConversationSummary({ ...given, turns });
    expect(again).toEqual({ kind: "unchanged", record: recordOf("Before.") });
    expect(given.model.requests).toHaveLength(0);
  });

  it("keeps the turns of every update, however many run at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 20 }), fc.nat(), async (count, seed) => {
        const clock = virtualClock({ jumps: true });
        const store = memorySummaryRecords();
        const model = scriptedModel({ tokenizer, behaviour: "echo" });
        const words = Array.from({ length: count }, (_, index) => `word${index}x${seed}`);
        await Promise.all(
          words.map((word) =>
            updateConversationSummary({
              ...{ conversationId, store, model, tokenizer, clock, targetTokens: 2_000 },
              turns: [{ role: "user", content: word }],
            }),
          ),
        );
        const prefix = await readConversationSummary({ conversationId, store });
        for (const word of words) expect(prefix).toContain(word);
      }),
      { numRuns: 30 },
    );
  });

  it("gives up, to be tried again, when others never stop", async () => {
    let seen = 0;
    const store: SummaryRecordStore = {
      get: () => Promise.resolve(recordOf("x", new Date(Date.UTC(2026, 0, 1) + ++seen).toISOString())),
      put: () => Promise.resolve("changed"),
    };
    const error: unknown = await updateConversationSummary({
      ...settings(store),
      turns: turnsOf(60, 1),
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RecordConflictError);
    expect(error).toMatchObject({ code: "record_conflict", isRetryable: true, context: { attempts: 20 } });
  });

  it("dates a record later than the one that it replaces, whatever the clock says", async () => {
    const store = memorySummaryRecords();
    await store.put(recordOf("From a machine that is ahead.", "2030-01-01T00:00:00.000Z"), null);
    const update = await updateConversationSummary({ ...settings(store), turns: turnsOf(60, 1) });
    expect(update.record?.metadata.created_at).toBe("2030-01-01T00:00:00.001Z");
  });

  it.each(["get", "put"] as const)(
    "says so when the store's %s fails, and stores nothing",
    async (method) => {
      const memory = memorySummaryRecords();
      const broken: SummaryRecordStore = {
        ...memory,
        [method]: () => Promise.reject(Object.assign(new Error("the disk is full"), { isRetryable: true })),
      };
      const given = settings(broken);
      const memo = memoryMemo();
      const turns = turnsOf(900, 1);
      const error: unknown = await updateConversationSummary({ ...given, memo, turns }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(RecordStoreFailedError);
      expect(error).toMatchObject({ code: "record_store_failed", isRetryable: true });
      expect(String(error)).toContain("the disk is full");
      expect(await memory.get("talk-7:summary")).toBeUndefined();

      // What was paid for is in the memo: once the store works, nothing is asked again.
      const asked = given.model.requests.length;
      await updateConversationSummary({ ...given, store: memory, memo, turns });
      if (method === "put") expect(given.model.requests).toHaveLength(asked);
    },
  );

  it("refuses a stored thing that is no record", async () => {
    const store = { get: () => Promise.resolve({ text: "?" }), put: () => Promise.resolve("stored") };
    await expect(
      updateConversationSummary({ ...settings(store as never), turns: turnsOf(60, 1) }),
    ).rejects.toMatchObject({ code: "record_store_failed" });
  });

  it.each([
    ["conversationId", { conversationId: "" }],
    ["turns", { turns: "hello" }],
    ["turns[1]", { turns: [{ role: "user", content: "a" }, null] }],
    ["turns[0].content", { turns: [{ role: "user", content: ["secret"] }] }],
    ["turns[0].name", { turns: [{ role: "user", content: "a", name: 7 }] }],
    ["store", { store: {} }],
    ["targetTokens", { targetTokens: 0 }],
  ])("refuses a wrong %s before anything is asked", async (option, wrong) => {
    const given = { ...settings(), turns: turnsOf(60, 1), ...wrong };
    const error: unknown = await updateConversationSummary(given as never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_option", option });
    expect(String(error)).not.toContain("secret");
    expect(given.model.requests).toHaveLength(0);
  });
});

describe("reading a conversation's summary", () => {
  it("gives null where there is none, or an empty one", async () => {
    const store = memorySummaryRecords();
    expect(await readConversationSummary({ conversationId, store })).toBeNull();
    await store.put(recordOf(" "), null);
    expect(await readConversationSummary({ conversationId, store })).toBeNull();
  });

  it.each([null, 7, {}])("refuses the heading %j, which is no text", async (heading) => {
    const store = memorySummaryRecords();
    await store.put(recordOf("Of seven."), null);
    const error: unknown = await readConversationSummary({
      conversationId,
      store,
      heading: heading as never,
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "invalid_option", option: "heading" });
  });

  it("keeps conversations apart", async () => {
    const store = memorySummaryRecords();
    await store.put(recordOf("Of seven."), null);
    expect(await readConversationSummary({ conversationId: "talk", store })).toBeNull();
  });
});
