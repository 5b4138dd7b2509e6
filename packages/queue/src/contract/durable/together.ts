import type { Completion } from "@gro/summarizer";
import { contentHash } from "../../content-hash.js";
import type { DurableStore } from "../../ports/durable-store.js";
import { intent, reserved } from "../ledger/samples.js";
import { page, summaryOf } from "../pages/samples.js";
import { claimAll, claimOne, item, items, pageIds, REASON } from "../queue/samples.js";
import { stepKeyOf, stepKeysOf } from "../samples.js";
import type { CaseGroup } from "../scene.js";
import { verifySame } from "../verify.js";

const COMPLETION: Completion = {
  ...{ text: "What was paid for.", finishReason: "stop" },
  usage: { inputTokens: 120, outputTokens: 30 },
};

/** The parts of one store beside each other, as hosts and workers use them. */
export const together: CaseGroup<DurableStore> = {
  name: "all parts together",
  cases: [
    {
      name: "parts do not mix up what has the same name",
      async run({ store, leaseMs }) {
        const { queue, pages, memo, ledger } = store;
        const key = stepKeyOf("same");
        await pages.save(page(key, "text"));
        await queue.enqueue([item(key)]);
        await reserved(ledger, leaseMs, key, [key]);
        verifySame(await memo.get(key), undefined, "memo: what other parts hold must not be in it");
        await memo.set(key, COMPLETION);
        verifySame(
          (await pages.read(key))?.page.content,
          "text",
          "pages: what other parts hold must not be in them",
        );
        verifySame(
          await ledger.holders([key]),
          new Map([[key, key]]),
          "ledger: a set of the memo must free no key",
        );
        verifySame(
          (await claimOne(queue, leaseMs)).item.pageId,
          key,
          "queue: other parts must not touch its items",
        );
      },
    },
    {
      name: "everything that was answered is there after a crash, and after one more",
      needs: "reopen",
      async run({ store, leaseMs, passTime, reopen }) {
        const { queue, pages, memo, ledger } = store;
        await pages.save(page("a-0", "text"));
        await queue.enqueue(items(6));
        const claims = await queue.claim({ limit: 3, leaseMs });
        await memo.set(stepKeyOf("paid"), COMPLETION);
        const [paid = "", free = ""] = stepKeysOf(2);
        const batch = await reserved(ledger, leaseMs, "r-1", [paid]);
        await ledger.record(batch, { submission: { kind: "submitted", batchId: "one" } });
        await pages.writeSummary("a-0", contentHash("text"), summaryOf("text", "Text."));
        await queue.complete(claims.slice(0, 1));
        await queue.deadLetter(claims.slice(1, 2), REASON);

        await reopen();
        const after = await reopen();
        verifySame((await after.pages.read("a-0"))?.page.summary, "Text.", "reopen: a summary must survive");
        verifySame(
          await after.memo.get(stepKeyOf("paid")),
          COMPLETION,
          "reopen: what was paid for must survive",
        );
        const { claim } = await after.ledger.reserve(intent("r-2", [paid, free]), leaseMs);
        verifySame(claim?.batch.keys, [free], "reopen: a key that is out must not be granted again");
        verifySame(pageIds(await after.queue.deadLetters()), ["a-1"], "reopen: dead letters must survive");
        const waiting = pageIds(await claimAll(after.queue, leaseMs * 4));
        verifySame(
          waiting,
          ["a-3", "a-4", "a-5"],
          "reopen: queued items must survive, claimed ones stay claimed",
        );
        await passTime(leaseMs);
        verifySame(
          pageIds(await claimAll(after.queue, leaseMs)),
          ["a-2"],
          "reopen: leases must end after a crash",
        );
      },
    },
    {
      name: "a worker finishes what another process has begun",
      needs: "another",
      async run({ store, leaseMs, passTime, another }) {
        const host = store;
        const worker = await another();
        await host.pages.save(page("a", "text"));
        await host.queue.enqueue([item("a", { contentHash: contentHash("text") })]);
        const begun = await claimOne(host.queue, leaseMs);
        await host.memo.set(stepKeyOf("step"), COMPLETION);
        await passTime(leaseMs);

        const claim = await claimOne(worker.queue, leaseMs);
        verifySame(
          [claim.itemId, claim.lapses],
          [begun.itemId, 1],
          "two instances: the worker must get the item",
        );
        verifySame(
          await worker.memo.get(stepKeyOf("step")),
          COMPLETION,
          "two instances: the memo must be shared",
        );
        const { pageId, contentHash: hash } = claim.item;
        const written = await worker.pages.writeSummary(pageId, hash, summaryOf("text", "Text."));
        verifySame(written, "written", "two instances: the page must be shared");
        verifySame(await worker.queue.complete([claim]), ["ok"], "two instances: the item must be finished");
        verifySame(
          await host.queue.complete([begun]),
          ["lost"],
          "two instances: the first claim must be lost",
        );
        verifySame(
          (await host.pages.read("a"))?.page.summary,
          "Text.",
          "two instances: the host must see the summary",
        );
      },
    },
  ],
};
