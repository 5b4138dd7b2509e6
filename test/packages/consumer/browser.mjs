import { extractive } from "@gro/extractive";
import { globalTelemetry, WorkerMetrics } from "@gro/metrics";
import { memoryStore } from "@gro/queue";
import { summarize, tiktoken } from "@gro/summarizer";
import { VirtualMemory } from "@gro/virtual-memory";

const text = "The lighthouse stands on the northern cape. It has a lamp of glass and brass. ".repeat(40);

const tokenizer = tiktoken("o200k_base");
await tokenizer.load();
if (tokenizer.count("hello world") !== 2) throw new Error("the tokenizer miscounts");

const { summary } = await summarize(text, { model: extractive(), targetTokens: 40 });
if (summary === null || tokenizer.count(summary) > 40) throw new Error("the summary does not fit");

const { queue } = memoryStore();
await queue.enqueue([{ pageId: "pg_1", contentHash: "hash" }]);
const claims = await queue.claim({ limit: 1, leaseMs: 1_000 });
if ((await queue.complete(claims))[0] !== "ok") throw new Error("the queue does not work");
const metrics = new WorkerMetrics({ store: memoryStore(), telemetry: await globalTelemetry() });
if (!(await metrics.prometheusText()).includes("gro_queue_items")) throw new Error("there are no metrics");
const memory = new VirtualMemory({ store: memoryStore(), model: extractive(), workingMemoryTokens: 1_000 });
await memory.add({ role: "user", content: text.repeat(4) });
const [first] = (await memory.assemble()).messages;
if (!/@@ref\('pg_[0-9a-f]{12}'\)@@/u.test(first.content)) throw new Error("the memory does not page");
console.log("every library works");
