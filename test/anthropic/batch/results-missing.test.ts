import { afterEach, expect, it } from "vitest";
import { anthropicBatch } from "@gro/anthropic";
import { batchRequests, resultList, submitted } from "../../emulators/batch-submission.js";
import { onCalls, startAnthropic, type AnthropicEmulator, type Fault } from "../../emulators/index.js";
import { rejection } from "../../emulators/question.js";

let server: AnthropicEmulator;
afterEach(() => server.close());

async function start(fault: Fault) {
  server = await startAnthropic({ cue: onCalls("GET", /\/results$/u, fault) });
  return anthropicBatch("claude-haiku-4-5", { apiKey: server.key, baseURL: server.url });
}

it.each([
  ["the API itself", { type: "not_found_error", words: "Results not found" }, "invalid_request"],
  ["something else", { body: "Not Found" }, "malformed_response"],
])("results that %s does not find, are told as such", async (_name, told, kind) => {
  const provider = await start({ kind: "status", status: 404, ...told });
  const id = await submitted(provider, batchRequests(1));
  server.batches.endAll();
  expect(await rejection(resultList(provider.results(id)))).toMatchObject({
    kind,
    status: 404,
  });
});
