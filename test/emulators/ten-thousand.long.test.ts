import { expect, it } from "vitest";
import type { BatchProvider } from "@gro/batch";
import { anthropicBatch } from "@gro/anthropic";
import { openaiBatch } from "@gro/openai";
import { batchRequest, submitted } from "./batch-submission.js";
import { startAnthropic, startOpenAI, type AnthropicEmulator, type OpenAIEmulator } from "./index.js";

const TEXT = "A word and another one. ".repeat(208);
const requests = Array.from({ length: 10_000 }, (_, number) =>
  batchRequest(number, { prompt: `${TEXT}${number}` }),
);

it.each<
  [
    string,
    () => Promise<AnthropicEmulator | OpenAIEmulator>,
    (server: { key: string; url: string }) => BatchProvider,
  ]
>([
  [
    "Anthropic",
    () => startAnthropic(),
    ({ key, url }) => anthropicBatch("claude-haiku-4-5", { apiKey: key, baseURL: url }),
  ],
  [
    "OpenAI",
    () => startOpenAI(),
    ({ key, url }) => openaiBatch("gpt-4o-mini", { apiKey: key, baseURL: url }),
  ],
])("%s: ten thousand requests of 5 KB take a few seconds", async (_name, start, connect) => {
  const server = await start();
  const provider = connect(server);
  const begun = process.cpuUsage();
  const id = await submitted(provider, requests);
  server.batches.endAll();
  expect(await provider.status(id)).toMatchObject({ kind: "ended", counts: { succeeded: 10_000 } });
  const keys = new Set<string | null>();
  for await (const { key } of provider.results(id)) keys.add(key);
  expect(keys.size).toBe(10_000);
  expect(server.billing.billedTwice).toEqual([]);
  expect(server.billing.customIdsBilledTwice).toEqual([]);
  // Of both sides together; by the clock it depends on what else the machine does.
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000_000).toBeLessThan(12);
  await server.close();
});
