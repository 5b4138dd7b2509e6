import { createHash } from "node:crypto";
import {
  checkPageId,
  contentHash,
  isPageId,
  itemIdOf,
  queueItemOf,
  StoreError,
  type NewQueueItem,
} from "@gro/queue";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("page ids", () => {
  it("are 1 to 128 letters, digits, _ and -, and nothing that a path could trip over", () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
    const ids = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 128 });
    fc.assert(fc.property(ids, (id) => isPageId(id) && checkPageId(id) === id));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => isPageId(text) === /^[\w-]{1,128}$/u.test(text)),
    );
  });

  it.each([undefined, null, 7, {}, ["a"], "a".repeat(129), "a\n"])("%j is none", (id) => {
    expect(isPageId(id)).toBe(false);
    expect(() => checkPageId(id)).toThrow(StoreError);
  });

  it("are refused with no more of them than is needed to find them", () => {
    try {
      checkPageId(`../${"secret".repeat(20)}`);
      expect.unreachable();
    } catch (error) {
      expect(StoreError.isInstance(error) && error.code).toBe("invalid_page_id");
      expect(String(error).length).toBeLessThan(160);
    }
  });
});

describe("contentHash", () => {
  it("is the SHA-256 of the content in UTF-8", () => {
    // Any UTF-16, halves of pairs too.
    const contents = fc.uint16Array({ maxLength: 300 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(contents, (content) => {
        expect(contentHash(content)).toBe(createHash("sha256").update(content, "utf8").digest("hex"));
      }),
    );
  });
});

describe("queueItemOf", () => {
  const hash = contentHash("text");

  it("fills in what is left out and shares nothing", () => {
    const request = { contentType: { instructions: "Say who." }, model: undefined };
    const item = queueItemOf({ pageId: "a", contentHash: hash, request }, 9);
    const id = itemIdOf("a", hash);
    expect(item).toEqual({ id, pageId: "a", contentHash: hash, label: "", lane: null, queuedAt: 9, request });
    request.contentType.instructions = "changed";
    expect(item.request.contentType).toEqual({ instructions: "Say who." });
    expect(Object.keys(item.request)).toEqual(["contentType"]);
  });

  it.each([
    ["contentHash", { contentHash: 7 }],
    ["contentHash", { contentHash: "" }],
    ["label", { label: null }],
    ["lane", { lane: 7 }],
    ["request", { request: "short" }],
    ["request", { request: null }],
  ])("refuses an odd %s: %j", (field, odd) => {
    const given: object = { pageId: "a", contentHash: hash, ...odd };
    expect(() => queueItemOf(given as NewQueueItem, 9)).toThrow(
      expect.objectContaining({ code: "invalid_item", context: { pageId: "a", field } }) as Error,
    );
  });
});
