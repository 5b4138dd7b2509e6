import { contentHash } from "../../content-hash.js";
import type { NewQueueItem, QueueStore } from "../../ports/queue-store.js";
import { LABELS } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verify, verifySame } from "../verify.js";
import { claimAll, claimOne, item, items, pageIds } from "./samples.js";

/** Items come out as they went in. */
export const keeping: CaseGroup<QueueStore> = {
  name: "what is queued",
  cases: [
    {
      name: "takes a page id of 128 characters",
      async run({ store, leaseMs }) {
        const pageId = "pg_-".repeat(32);
        await store.enqueue([item(pageId)]);
        verifySame(
          (await claimOne(store, leaseMs)).item.pageId,
          pageId,
          "enqueue: the longest page id must be kept",
        );
      },
    },
    {
      name: "takes 1,000 items at once",
      async run({ store, leaseMs }) {
        const given = items(1_000);
        verifySame((await store.enqueue(given)).length, 1_000, "enqueue: 1,000 items need 1,000 outcomes");
        const claimed = pageIds(await claimAll(store, leaseMs));
        verifySame(
          claimed,
          pageIds(given.map((one) => ({ item: one }))),
          "enqueue: 1,000 items must come out in order",
        );
      },
    },
    {
      name: "answers an empty list with an empty list",
      async run({ store }) {
        verifySame(await store.enqueue([]), [], "enqueue: no items, no outcomes");
      },
    },
    {
      name: "keeps labels in any writing",
      async run({ store, leaseMs }) {
        await store.enqueue(LABELS.map((label, index) => item(`a-${index}`, { label })));
        const labels = (await claimAll(store, leaseMs)).map((claim) => claim.item.label);
        verifySame(labels, LABELS, "enqueue: labels must come out as they went in");
      },
    },
    {
      name: "keeps lanes and requests as JSON would, without what is undefined",
      async run({ store, leaseMs }) {
        const contentType = { instructions: "Say “who” and ‘why’ 🗺️.", mergeInstructions: "Join\nthem\\." };
        const request = {
          targetTokens: 120,
          targetRatio: 0.1,
          priorSummary: null,
          contentType,
          model: undefined,
        };
        await store.enqueue([item("a", { lane: "tool", request }), item("b", { lane: null })]);
        const [first, second] = await claimAll(store, leaseMs);
        verifySame(first?.item.request, request, "enqueue: a request must come out as it went in");
        verify(
          !("model" in (first?.item.request ?? {})),
          "enqueue: an undefined field of a request must be left out",
        );
        verifySame([first?.item.lane, second?.item.lane], ["tool", null], "enqueue: lanes must be kept");
      },
    },
    {
      name: "fills in what is left out",
      async run({ store, leaseMs }) {
        const given: NewQueueItem = { pageId: "a", contentHash: contentHash("a") };
        await store.enqueue([given]);
        const { label, lane, request } = (await claimOne(store, leaseMs)).item;
        const defaults = { label: "", lane: null, request: {} };
        verifySame({ label, lane, request }, defaults, "enqueue: what is left out must get its default");
      },
    },
    {
      name: "shares nothing with its caller",
      async run({ store, leaseMs }) {
        const request = { targetTokens: 100 };
        await store.enqueue([item("a", { request })]);
        request.targetTokens = 1;
        const claim = await claimOne(store, leaseMs);
        verifySame(
          claim.item.request,
          { targetTokens: 100 },
          "enqueue: what the caller changes later must not count",
        );
        Object.assign(claim.item.request, { targetTokens: 2 });
        await store.release([claim]);
        const next = await claimOne(store, leaseMs);
        verifySame(next.item.request, { targetTokens: 100 }, "claim: what a claimer changes must not count");
      },
    },
    {
      name: "notes when it took an item",
      needs: "clock",
      async run({ store, leaseMs, now, passTime }) {
        await passTime(5);
        await store.enqueue([item("a")]);
        const queuedAt = now();
        await passTime(5);
        const claim = await claimOne(store, leaseMs);
        verifySame(claim.item.queuedAt, queuedAt, "enqueue: `queuedAt` is the time of the enqueue");
      },
    },
  ],
};
