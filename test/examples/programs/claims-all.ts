/** Claims whatever is free in a queue, one by one, and prints its pages. */
import { sqliteQueue } from "../../../examples/custom-queue-store/sqlite-queue.js";

const queue = sqliteQueue(process.argv[2] ?? "");
for (;;) {
  const [claim] = await queue.claim({ limit: 1, leaseMs: 600_000 });
  if (claim === undefined) break;
  console.log(claim.item.pageId);
}
