import { contentHash, itemIdOf } from "../../content-hash.js";
import type { QueueStore } from "../../ports/queue-store.js";
import { BAD_PAGE_IDS } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { only, verifyRefused, verifySame } from "../verify.js";
import { claimAll, claimedItem, item, items, pageIds } from "./samples.js";

const kinds = (outcomes: readonly { readonly kind: string }[]) => outcomes.map(({ kind }) => kind);

/** What comes in, and how often it is held. */
export const enqueueing: CaseGroup<QueueStore> = {
  name: "enqueue",
  cases: [
    {
      name: "answers `queued` and the id of each item, in order",
      async run({ store }) {
        const given = items(3);
        const expected = given.map((one) => ({ id: itemIdOf(one.pageId, one.contentHash), kind: "queued" }));
        verifySame(await store.enqueue(given), expected, "enqueue: new items must be answered one by one");
      },
    },
    {
      name: "holds the same page and content once",
      async run({ store, leaseMs }) {
        await store.enqueue([item("a", { request: { targetTokens: 100 } })]);
        const again = only(
          await store.enqueue([item("a", { request: { targetTokens: 999 } })]),
          "enqueue: one outcome",
        );
        verifySame(again.kind, "duplicate", "enqueue: the same page and content must answer `duplicate`");
        const claim = only(await claimAll(store, leaseMs), "enqueue: a duplicate must not be a second item");
        verifySame(
          claim.item.request,
          { targetTokens: 100 },
          "enqueue: a duplicate must leave the first request",
        );
      },
    },
    {
      name: "holds an item once that stands twice in one list",
      async run({ store, leaseMs }) {
        const outcomes = await store.enqueue([item("a"), item("b"), item("a")]);
        verifySame(
          kinds(outcomes),
          ["queued", "queued", "duplicate"],
          "enqueue: the second of a list is a duplicate",
        );
        verifySame(
          pageIds(await claimAll(store, leaseMs)),
          ["a", "b"],
          "enqueue: a duplicate must not be an item",
        );
      },
    },
    {
      name: "queues one of 100 that come at once for the same page and content",
      async run({ store, leaseMs }) {
        const outcomes = await Promise.all(Array.from({ length: 100 }, () => store.enqueue([item("a")])));
        const queued = outcomes.flat().filter(({ kind }) => kind === "queued");
        only(queued, "enqueue: of 100 concurrent calls for one item one must answer `queued`");
        only(
          await claimAll(store, leaseMs),
          "enqueue: 100 concurrent calls for one item must leave one item",
        );
      },
    },
    {
      name: "takes other content of the same page as another item",
      async run({ store }) {
        const outcomes = await store.enqueue([item("a"), item("a", { contentHash: contentHash("edited") })]);
        verifySame(kinds(outcomes), ["queued", "queued"], "enqueue: another content hash is another item");
      },
    },
    {
      name: "takes page ids that differ in case as other pages",
      needs: "case",
      async run({ store }) {
        const hash = contentHash("the same in both");
        const outcomes = await store.enqueue([
          item("aB", { contentHash: hash }),
          item("Ab", { contentHash: hash }),
        ]);
        verifySame(kinds(outcomes), ["queued", "queued"], "enqueue: page ids are told apart by case");
      },
    },
    {
      name: "answers `duplicate` for an item that is being worked on, and leaves it there",
      async run({ store, leaseMs }) {
        const claim = await claimedItem(store, leaseMs);
        verifySame(
          kinds(await store.enqueue([item("a")])),
          ["duplicate"],
          "enqueue: a claimed item is a duplicate",
        );
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "enqueue: a duplicate must not make a claimed item claimable",
        );
        verifySame(
          await store.complete([claim]),
          ["ok"],
          "enqueue: a duplicate must leave the claim as it is",
        );
      },
    },
    {
      name: "answers `duplicate` for an item that waits for its delay, and leaves it there",
      async run({ store, leaseMs }) {
        await store.release([await claimedItem(store, leaseMs)], { delayMs: leaseMs });
        verifySame(
          kinds(await store.enqueue([item("a")])),
          ["duplicate"],
          "enqueue: a waiting item is a duplicate",
        );
        verifySame(
          await claimAll(store, leaseMs),
          [],
          "enqueue: a duplicate must not end the delay of an item",
        );
      },
    },
    {
      name: "takes an item anew once it is finished",
      async run({ store, leaseMs }) {
        await store.complete([await claimedItem(store, leaseMs)]);
        verifySame(
          kinds(await store.enqueue([item("a")])),
          ["queued"],
          "enqueue: a completed item can come again",
        );
        only(await claimAll(store, leaseMs), "enqueue: an item that came again must be claimable");
      },
    },
    {
      name: "refuses what is no page id before anything is queued",
      async run({ store }) {
        for (const pageId of BAD_PAGE_IDS) {
          const call = () => store.enqueue([item("good"), item("x", { pageId })]);
          await verifyRefused(
            call,
            "invalid_page_id",
            `enqueue: ${JSON.stringify(pageId.slice(0, 20))} must be refused, as \`queueItemOf\` does,`,
          );
        }
        const { ready } = await store.stats();
        verifySame(ready, 0, "enqueue: with a bad page id in the list nothing of it must be queued");
      },
    },
  ],
};
