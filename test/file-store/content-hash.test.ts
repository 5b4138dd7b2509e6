import { contentHash as portable } from "@gro/queue";
import fc from "fast-check";
import { expect, it } from "vitest";
import { contentHash } from "../../packages/file-store/src/pages/content-hash.js";

it("pages have the hash that hosts anywhere else compute for them, halves of surrogate pairs included", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (content) => {
      expect(contentHash(content)).toBe(portable(content));
    }),
  );
  expect(contentHash("half \ud83d of a pair")).toBe(portable("half \ud83d of a pair"));
});
