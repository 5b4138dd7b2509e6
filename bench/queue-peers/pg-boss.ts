import PgBoss from "pg-boss";
import type { QueuePeer } from "./queue-peer.js";

const HUNDRED = 100;

/** pg-boss 10 in a schema of its own. */
export async function openPgBoss(url: string): Promise<QueuePeer> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  boss.on("error", () => undefined);
  await boss.start();
  await boss.createQueue("pages");
  return {
    name: "pg-boss 10",
    async send(items) {
      const [only] = items;
      if (items.length === 1 && only !== undefined) await boss.send("pages", { ...only });
      else await boss.insert(items.map((data) => ({ name: "pages", data: { ...data } })));
    },
    async work(count) {
      for (let done = 0; done < count;) {
        const jobs = await boss.fetch("pages", { batchSize: HUNDRED });
        if (jobs.length === 0) throw new Error("There is nothing to fetch");
        await boss.complete(
          "pages",
          jobs.map(({ id }) => id),
        );
        done += jobs.length;
      }
    },
    close: () => boss.stop({ graceful: false }),
  };
}
