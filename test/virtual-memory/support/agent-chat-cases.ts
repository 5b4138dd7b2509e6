import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatMessage } from "@gro/virtual-memory";
import { afterAll, beforeAll, describe, it } from "vitest";
import { bundlePrograms } from "../../kill/programs.js";
import { liveThroughKilledHost } from "./killed-host.js";
import { liveThroughAgentChat, type AgentChat, type Summarizing } from "./agent-chat.js";

export interface AgentChatCase extends Pick<
  AgentChat,
  "budgets" | "kills" | "leastPages" | "leastImportantUnderFold"
> {
  readonly name: string;
  /** Whether what it is made of is not there. */
  readonly isAbsent: boolean;
  messages(): readonly ChatMessage[];
}

const WAYS: readonly Summarizing[] = ["inline", "a live worker", "a worker that is killed again and again"];

/** An agent's chat by each way of summarizing: what must hold does so whoever does it and whatever is killed. */
export function agentChatCases(cases: readonly AgentChatCase[]): void {
  let programs = "";
  beforeAll(async () => {
    programs = await mkdtemp(join(tmpdir(), "gro-programs-"));
    await bundlePrograms(programs);
    await bundlePrograms(join(programs, "chat"), "test/virtual-memory/programs", ["host"]);
  });
  afterAll(() => rm(programs, { recursive: true, force: true }));

  for (const { name, isAbsent, messages, ...settings } of cases) {
    describe.skipIf(isAbsent)(name, () => {
      it("in a host that is killed again and again, its worker with it: nothing is lost, or left without its summary", async () => {
        const directory = await mkdtemp(join(tmpdir(), "gro-killed-host-"));
        try {
          await liveThroughKilledHost({ ...settings, messages: messages(), directory, programs });
        } finally {
          await rm(directory, { recursive: true, force: true });
        }
      });

      it.each(WAYS)(
        "summarized by %s: within its budgets at every turn, and nothing is left without its summary",
        async (summarizing) => {
          const directory = await mkdtemp(join(tmpdir(), "gro-agent-chat-"));
          try {
            await liveThroughAgentChat({
              ...settings,
              messages: messages(),
              summarizing,
              directory,
              programs,
            });
          } finally {
            await rm(directory, { recursive: true, force: true });
          }
        },
      );
    });
  }
}
