import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { freePort } from "../../test/support/free-port.js";
import type { QueuePeer } from "./queue-peer.js";

const HUNDRED = 100;

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** BullMQ on the Redis of `REDIS_URL`, or on one that is started for it; `undefined` where there is none. */
export async function openBullmq(): Promise<QueuePeer | undefined> {
  const given = process.env["REDIS_URL"];
  const server =
    given === undefined || given === "" ? await startRedis() : { url: given, stop: () => Promise.resolve() };
  if (server === undefined) return undefined;

  const connect = () => new Redis(server.url, { maxRetriesPerRequest: null });
  const connections = [connect(), connect()] as const;
  const queue = new Queue(`pages-${process.pid}`, { connection: connections[0] });
  await queue.waitUntilReady();
  return {
    name: "BullMQ 6",
    async send(items) {
      const jobs = items.map((data) => ({
        name: "page",
        data: { ...data },
        // eslint-disable-next-line id-denylist -- its name for it
        opts: { jobId: `${data.pageId}@${data.contentHash}`, removeOnComplete: true },
      }));
      const [only] = jobs;
      if (jobs.length === 1 && only !== undefined) await queue.add(only.name, only.data, only.opts);
      else await queue.addBulk(jobs);
    },
    // It hands jobs out one by one: a hundred of them are under way at once.
    async work(count) {
      let left = count;
      const worker = new Worker(
        queue.name,
        async () => {
          left -= 1;
          if (left === 0) void worker.pause(true).then(ended.resolve);
        },
        { connection: connections[1], concurrency: HUNDRED, autorun: false },
      );
      const ended = signal();
      void worker.run();
      await ended.promise;
      await worker.close();
    },
    async close() {
      await queue.obliterate({ force: true });
      await queue.close();
      for (const connection of connections) connection.disconnect();
      await server.stop();
    },
  };
}

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** With every write on the disk before it is answered, as PostgreSQL does it. */
async function startRedis(): Promise<Server | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "gro-redis-"));
  const port = await freePort();
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir", folder];
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", ...durable], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = async () => {
    if (child.exitCode === null && child.kill()) await once(child, "exit");
    await rm(folder, { recursive: true, force: true });
  };
  const isReady = await new Promise<boolean>((resolve) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Ready to accept connections")) resolve(true);
    });
    child.once("exit", () => {
      resolve(false);
    });
    // Not installed.
    child.once("error", () => {
      resolve(false);
    });
  });
  if (isReady) return { url: `redis://127.0.0.1:${port}`, stop };
  await rm(folder, { recursive: true, force: true });
  return undefined;
}
