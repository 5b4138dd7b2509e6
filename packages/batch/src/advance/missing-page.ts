import { StoreError, type DeadLetterReason } from "@gro/queue";
import type { Tick } from "../worker/worker-parts.js";
import { pageMissing } from "./dead-letters.js";

/**
 * What a page that is not there comes to. Where there is no page at all, it is the place that is wrong: nothing is given up for that, the
 * look ends with an error, and the items come back. Rejects when the store cannot tell.
 */
export async function missingPage(
  tick: Tick,
): Promise<{ readonly kind: "dead"; readonly reason: DeadLetterReason } | { readonly kind: "later" }> {
  const { pages } = tick.settings.store;
  if (pages.hasPages === undefined || (await pages.hasPages())) {
    return { kind: "dead", reason: pageMissing(pages.location) };
  }
  tick.pages.trouble ??= noPages(pages.location);
  return { kind: "later" };
}

function noPages(location: string | undefined): StoreError {
  const place = location === undefined ? "the store" : location;
  return new StoreError({
    code: "store_failed",
    message:
      `There is not a single page in ${place}, and pages are queued: is it the right place, and is its disk there? ` +
      "Nothing was given up: once the pages are there, the worker goes on.",
  });
}
