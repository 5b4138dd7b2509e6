import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runProcess } from "../cli/spawned.js";
import { startOpenAI } from "../emulators/index.js";

const main = fileURLToPath(new URL("../../examples/virtual-memory/main.ts", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gro-chat-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function workingMemory(stdout: string): number {
  return Number(/^working memory: (\d+) of 2500 tokens$/mu.exec(stdout)?.[1]);
}

describe("examples/virtual-memory", () => {
  it("pages the chat, has its pages summarized by a worker, and finds again what was said long before", async () => {
    const { code, stdout, stderr } = await runProcess(main, [folder]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/tokens of the lane \w+ are now page pg_[0-9a-f]{12}\]$/gmu)?.length).toBeGreaterThan(
      4,
    );
    expect(stdout).toMatch(/^ {2}\[a summary of \d+ tokens stands for pg_[0-9a-f]{12}\]$/mu);
    // Which of the two questions needs a page depends on the summaries that have come by then.
    const [, questions = ""] = stdout.split("> Was the impeller cracked?\n");
    const lookedUp = [...questions.matchAll(/^I look that up\. @@ref\('(pg_[0-9a-f]{12})'\)@@$/gmu)];
    expect(lookedUp.length).toBeGreaterThan(0);
    for (const [, pageId = ""] of lookedUp) expect(questions).toContain(`[${pageId} is loaded]`);
    const [, asked = ""] = questions.split("> What is the reserve that we never go below?\n");
    expect(asked).toMatch(/^.*reserve.*£6,000|^.*£6,000 reserve/mu);
    expect(workingMemory(stdout)).toBeLessThanOrEqual(2500);
  });

  it("goes on with a chat of one's own where it ended", async () => {
    const first = await runProcess(main, ["-", folder], "The pump is in the mill.\n\nThe rent is £40.\n");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const second = await runProcess(main, ["-", folder], "How much is the rent?\n");
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toContain("\nThe rent is £40.\n");
  });

  it("makes the folder that it is given", async () => {
    const { code, stderr } = await runProcess(main, ["-", join(folder, "new", "chat")], "The rent is £40.\n");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("chats with a provider's model where there is a key", async () => {
    const server = await startOpenAI({ batches: { endsAfterLooks: 1 } });
    const variables = { OPENAI_API_KEY: server.key, OPENAI_BASE_URL: `${server.url}/v1` };
    const { code, stderr } = await runProcess(main, ["-", folder], "The pump is broken.\n", variables);
    await server.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(server.received.map(({ path }) => path)).toEqual(["/v1/chat/completions"]);
    expect(server.received[0]?.body).toContain("The pump is broken.");
  });
});
