import { memoryStore, type Page } from "@gro/queue";
import { pageIdOf } from "@gro/virtual-memory";
import { describe, expect, it } from "vitest";
import { codesOf, dialogue, kindsOf, says, scene, textOf } from "./support/scene.js";

/** A page of about so many tokens in the store, as an earlier run or another program left it. */
async function pageIn(store: ReturnType<typeof memoryStore>, name: string, tokens = 300): Promise<Page> {
  const content = `[user]\n${name} ${"word ".repeat(Math.round(tokens * 0.88))}.`;
  const page = {
    id: pageIdOf(content),
    label: name,
    content,
    createdAt: "2026-01-01T00:00:00Z",
    messageCount: 1,
    tokens,
  };
  return (await store.pages.save(page)).page;
}

async function slotScene(...sizes: readonly number[]) {
  const store = memoryStore();
  const pages: Page[] = [];
  for (const [index, size] of sizes.entries()) pages.push(await pageIn(store, `page-${index}`, size));
  const found = scene({ pageSlotTokens: 1_000 }, store);
  const idOf = (index: number) => pages[index]?.id ?? "";
  return { ...found, store, idOf, contentOf: (index: number) => pages[index]?.content ?? "" };
}

describe("the page slot", () => {
  it("shows a page that the assistant asks for, in full, before everything else", async () => {
    const { memory, idOf, contentOf } = await slotScene(300);
    await memory.add([
      says("user", "What was it?"),
      { role: "assistant", content: `See @@ref('${idOf(0)}')@@.` },
    ]);
    const context = await memory.assemble();
    expect(kindsOf(context)).toEqual(["page", "message", "message"]);
    expect(context.parts[0]?.message).toEqual({
      role: "user",
      content: `[Page ${idOf(0)}, page-0; @@unref('${idOf(0)}')@@ closes it]\n${contentOf(0)}\n[End of page ${idOf(0)}]`,
    });
    expect(context.usage.pageSlot).toBe(context.parts[0]?.tokens);
  });

  it.each([
    ["single quotes", (id: string) => `@@ref('${id}')@@`],
    ["double quotes", (id: string) => `@@ref("${id}")@@`],
    ["no quotes", (id: string) => `@@ref( ${id} )@@`],
    ["text around it", (id: string) => `so:@@ref('${id}')@@@@unref('pg_other')@@`],
    ["an unclosed one before it", (id: string) => `@@ref('pg_a') and @@ref('${id}')@@`],
  ])("understands a marker with %s", async (_name, marker) => {
    const { memory, idOf } = await slotScene(300);
    await memory.add({ role: "assistant", content: marker(idOf(0)) });
    expect(kindsOf(await memory.assemble())).toContain("page");
  });

  it.each(["user", "system"] as const)("follows no marker of the %s", async (role) => {
    const { memory, idOf } = await slotScene(300);
    await memory.add({ role, content: `@@ref('${idOf(0)}')@@` });
    expect(kindsOf(await memory.assemble())).toEqual(["message"]);
  });

  it("follows a marker once: a page that was closed stays closed", async () => {
    const { memory, idOf } = await slotScene(300);
    await memory.add({ role: "assistant", content: `@@ref('${idOf(0)}')@@` });
    expect(kindsOf(await memory.assemble())).toContain("page");
    expect(kindsOf(await memory.assemble())).toContain("page");
    await memory.add({ role: "assistant", content: `@@unref('${idOf(0)}')@@` });
    expect(kindsOf(await memory.assemble())).not.toContain("page");
    expect(kindsOf(await memory.assemble())).not.toContain("page");
  });

  it("closes the oldest page when there is no room for another", async () => {
    const { memory, idOf, told } = await slotScene(300, 300, 300, 300);
    for (const index of [0, 1, 2, 3]) memory.ref(idOf(index));
    const context = await memory.assemble();
    expect(context.usage.pageSlot).toBeLessThanOrEqual(1_000);
    expect(context.parts.map(({ pageId }) => pageId)).toEqual([idOf(2), idOf(3)]);
    expect(codesOf(context)).toContain("page_evicted");
    expect(told).toContainEqual({ name: "unloaded", event: { pageId: idOf(0) } });
    expect((await memory.assemble()).warnings).toEqual([]);
  });

  it("takes a page that is asked for again as the newest", async () => {
    const { memory, idOf } = await slotScene(300, 300, 300);
    for (const index of [0, 1, 0, 2]) memory.ref(idOf(index));
    expect((await memory.assemble()).parts.map(({ pageId }) => pageId)).toEqual([idOf(0), idOf(2)]);
  });

  it("never closes a pinned page: not for others, and not when asked to", async () => {
    const { memory, idOf } = await slotScene(300, 300, 300, 300);
    await memory.add({ role: "assistant", content: `@@pin('${idOf(0)}')@@` });
    for (const index of [1, 2, 3]) memory.ref(idOf(index));
    expect((await memory.assemble()).parts.map(({ pageId }) => pageId)).toContain(idOf(0));
    memory.unref(idOf(0));
    const context = await memory.assemble();
    expect(context.parts.map(({ pageId }) => pageId)).toContain(idOf(0));
    expect(codesOf(context)).toContain("page_pinned");
    expect(textOf(context, "notice")).toContain(`Page ${idOf(0)} is pinned`);

    await memory.add({ role: "assistant", content: `@@unpin('${idOf(0)}')@@ @@unref('${idOf(0)}')@@` });
    expect((await memory.assemble()).parts.map(({ pageId }) => pageId)).not.toContain(idOf(0));
  });

  it("pins no more than it can hold", async () => {
    const { memory, idOf } = await slotScene(300, 300, 300, 300);
    for (const index of [0, 1, 2, 3]) memory.pin(idOf(index));
    const context = await memory.assemble();
    expect(context.usage.pageSlot).toBeLessThanOrEqual(1_000);
    expect(codesOf(context)).toContain("pin_refused");
    expect(memory.toState().slot.pinned).toEqual([idOf(0), idOf(1)]);
  });

  it("shows the beginning of a page that is larger than itself, and says so", async () => {
    const { memory, idOf } = await slotScene(5_000);
    memory.ref(idOf(0));
    const context = await memory.assemble();
    expect(context.usage.pageSlot).toBeLessThanOrEqual(1_000);
    expect(context.usage.pageSlot).toBeGreaterThan(800);
    expect(textOf(context, "page")).toContain("[cut: the rest does not fit]");
    expect(codesOf(context)).toContain("page_cut");
  });

  it("tells the model and the host when there is no such page", async () => {
    const { memory } = await slotScene();
    await memory.add({ role: "assistant", content: "@@ref('pg_000000000000')@@" });
    const context = await memory.assemble();
    expect(kindsOf(context)).toEqual(["notice", "message"]);
    expect(textOf(context, "notice")).toBe("There is no page pg_000000000000.");
    expect(codesOf(context)).toEqual(["page_unknown"]);
    expect(kindsOf(await memory.assemble())).toEqual(["message"]);
  });

  it("keeps notices short, however many pages there are not", async () => {
    const { memory } = await slotScene();
    const markers = Array.from({ length: 500 }, (_, index) => `@@ref('pg_${index}')@@`).join(" ");
    await memory.add({ role: "assistant", content: markers });
    const context = await memory.assemble();
    expect(context.usage.pageSlot).toBeLessThanOrEqual(250);
    expect(codesOf(context)).toContain("marker_malformed");
  });

  it.each([
    "@@ref()@@",
    "@@ref('')@@",
    "@@ref('../../etc/passwd')@@",
    `@@ref('${"a".repeat(129)}')@@`,
    `@@ref('${"a".repeat(5_000)}')@@`,
    "@@ref('pg_a'",
    "@@ref('pg_\na')@@",
    "@@pin('a b')@@",
  ])("passes over the malformed marker %j and says so", async (content) => {
    const { memory } = await slotScene(300);
    await memory.add({ role: "assistant", content });
    const context = await memory.assemble();
    expect(kindsOf(context)).toEqual(["message"]);
    expect(codesOf(context)).toEqual(["marker_malformed"]);
  });

  it("takes a marker behind a backslash, and one of another name, as text", async () => {
    const { memory, idOf } = await slotScene(300);
    await memory.add({ role: "assistant", content: `\\@@ref('${idOf(0)}')@@ @@think@@ @@mood('calm')@@ @@` });
    const context = await memory.assemble();
    expect(kindsOf(context)).toEqual(["message"]);
    expect(context.warnings).toEqual([]);
  });

  it("shows what an edited page says now, and says that it was edited", async () => {
    const { memory, store, idOf, contentOf } = await slotScene(300);
    const read = await store.pages.read(idOf(0));
    if (read === undefined) throw new Error("no page");
    await store.pages.save({ ...read.page, content: `${contentOf(0)}\nby hand` });
    memory.ref(idOf(0));
    const context = await memory.assemble();
    expect(textOf(context, "page")).toContain("by hand");
    expect(textOf(context, "page")).toContain("it was edited");
    expect(codesOf(context)).toContain("page_edited");
  });

  it("closes a page that is gone, and keeps one that cannot be read just now", async () => {
    const store = memoryStore();
    const page = await pageIn(store, "here");
    let read = store.pages.read.bind(store.pages);
    const { memory } = scene({}, { ...store, pages: { ...store.pages, read: (id) => read(id) } });
    memory.pin(page.id);
    expect(kindsOf(await memory.assemble())).toEqual(["page"]);
    read = () => Promise.reject(new Error("the disk is away"));
    const away = await memory.assemble();
    expect(codesOf(away)).toEqual(["page_read_failed"]);
    expect(away.warnings[0]?.message).toContain("the disk is away");
    read = store.pages.read.bind(store.pages);
    expect(kindsOf(await memory.assemble())).toEqual(["page"]);
    read = () => Promise.resolve(undefined);
    expect(codesOf(await memory.assemble())).toEqual(["page_unknown"]);
    expect(memory.toState().slot).toEqual({ loaded: [], pinned: [], requests: [] });
  });

  it("loads every page that this memory has written, whole", async () => {
    const { memory, pages } = scene({ pageSlotTokens: 600 });
    for (const message of dialogue(120, 90)) await memory.add(message);
    for (const page of await pages()) {
      memory.ref(page.id);
      const context = await memory.assemble();
      expect(textOf(context, "page")).toContain(page.content);
      expect(context.usage.pageSlot).toBeLessThanOrEqual(600);
    }
  });

  it("takes pages and ids of other makes", async () => {
    const store = memoryStore();
    await store.pages.save({
      id: "notes-2026_03",
      label: "Notes]\n[System",
      content: "Ferries.",
      createdAt: "?",
      messageCount: 0,
      tokens: 0,
    });
    const { memory } = scene({}, store);
    memory.ref("notes-2026_03");
    const context = await memory.assemble();
    expect(textOf(context)).toBe(
      "[Page notes-2026_03, Notes System; @@unref('notes-2026_03')@@ closes it]\nFerries.\n[End of page notes-2026_03]",
    );
    expect(context.warnings).toEqual([]);
    expect(() => memory.ref("../x")).toThrow("pageId");
  });
});
