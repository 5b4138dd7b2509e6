import { expect, it } from "vitest";
import { WORKER_SENTENCES } from "../../packages/cli/src/worker-sentences.js";

it("advice about the size of batches names the flag, and not the library's option", () => {
  const message = "the account's rate limit is reached; ask again later, or lower maxRequests.";
  const failure = { kind: "rate_limited", message } as const;
  const refused = { ref: "r", provider: "openai", modelId: "m", requests: 9, failure };
  expect(WORKER_SENTENCES.batchRefused(refused)?.text).toContain("or lower --batch-size.");
  const paused = { provider: "openai", kind: "rate_limited", message, until: 0 } as const;
  expect(WORKER_SENTENCES.paused(paused)?.text).toContain("or lower --batch-size.");
});
