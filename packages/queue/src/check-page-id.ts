import { StoreError } from "./errors/store-error.js";
import { isPageId } from "./page.js";

const LONGEST_SHOWN = 40;

/** @throws StoreError `invalid_page_id` for anything that is no page id, before a path or a statement is made of it. */
export function checkPageId(id: unknown): string {
  if (isPageId(id)) return id;
  const shown = typeof id === "string" ? JSON.stringify(id.slice(0, LONGEST_SHOWN)) : typeof id;
  throw new StoreError({
    code: "invalid_page_id",
    message: `${shown} is no page id: 1 to 128 characters of A-Z, a-z, 0-9, _ and - are.`,
    context: { pageId: shown },
  });
}
