import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { anthropic } from "@gro/anthropic";
import { openai } from "@gro/openai";
import { approximate, summarize, type LanguageModel } from "@gro/summarizer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startAnthropic,
  startOpenAI,
  type AnthropicEmulator,
  type OpenAIEmulator,
} from "../emulators/index.js";
import { seededRandom } from "../support/prose.js";
import { expectAllKept } from "./accounts.js";
import { pageOf, REQUEST } from "./pages.js";
import { bundlePrograms, Program } from "./programs.js";
import { openStore, type ProgramSettings } from "./programs/setup.js";

/** `KILL_SEED=… npm run test:long` repeats a run as far as the machine lets it. */
const SEED = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const KILLS = 40;
/** Both hosts queue the pages 60 to 79: the same page is one item, whoever queues it. Of the others each edits its own. */
const HOSTS = [
  { from: 0, to: 80, edited: { from: 0, to: 60 } },
  { from: 60, to: 140, edited: { from: 80, to: 140 } },
] as const;
const PAGES = 140;
/** Far longer than every lease and every grace time of these workers. */
const LONGEST_DRAIN_MS = 120_000;

let programs: string;
let directory: string;
let emulator: AnthropicEmulator | OpenAIEmulator;

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "gro-programs-"));
  await bundlePrograms(programs);
});
afterAll(() => rm(programs, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gro-two-hosts-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true, force: true });
});

/** A host that goes on behind the last page that was acknowledged, as often as it is killed. */
class Host {
  readonly acknowledged = new Set<number>();
  private program: Program;

  constructor(
    private readonly settings: ProgramSettings,
    private readonly range: (typeof HOSTS)[number],
  ) {
    this.program = this.begin();
  }

  async killAndBegin(): Promise<void> {
    await this.program.kill();
    this.note();
    this.program = this.begin();
  }

  async end(): Promise<void> {
    await this.program.end();
    this.note();
    expect(this.acknowledged.size, this.program.complaints).toBe(this.range.to - this.range.from);
  }

  private begin(): Program {
    const from = Math.max(this.range.from - 1, ...this.acknowledged) + 1;
    const pages = { ...this.range, from, pauseMs: 60 };
    return new Program(programs, "host", { ...this.settings, pages });
  }

  private note(): void {
    for (const line of this.program.said) this.acknowledged.add(Number(line));
  }
}

async function killAllOfThem(settings: ProgramSettings, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const hosts = HOSTS.map((range) => new Host(settings, range));
  const workers = HOSTS.map(() => new Program(programs, "worker", settings));
  for (let killed = 0; killed < KILLS; killed += 1) {
    await pause(100 + random() * 400);
    const victim = Math.floor(random() * 4);
    if (victim < 2) await hosts[victim]?.killAndBegin();
    else {
      await workers[victim - 2]?.kill();
      workers[victim - 2] = new Program(programs, "worker", settings);
    }
  }
  await Promise.all(hosts.map((host) => host.end()));
  await Promise.all(workers.map((worker) => worker.kill()));
}

/** Two workers that end when nothing is left, side by side. */
async function drain(settings: ProgramSettings): Promise<void> {
  const workers = [1, 2].map(() => new Program(programs, "worker", { ...settings, drains: true }));
  const ended = Promise.all(workers.map((worker) => worker.end()));
  const inTime = await Promise.race([ended.then(() => true), pause(LONGEST_DRAIN_MS, false, { ref: false })]);
  if (!inTime) await Promise.all(workers.map((worker) => worker.kill()));
  // P6: whatever state the dead have left, somebody takes it on in time.
  expect(inTime, "drained in time").toBe(true);
  for (const { process: worker, complaints } of workers) expect(worker.exitCode, complaints).toBe(0);
}

function modelOf({ provider, url, key }: ProgramSettings): LanguageModel {
  return provider === "anthropic"
    ? anthropic("claude-haiku-4-5", { apiKey: key, baseURL: url })
    : openai("gpt-4o-mini", { apiKey: key, baseURL: url });
}

describe.each(["anthropic", "openai"] as const)(
  "two hosts and two workers on one queue, with %s",
  (provider) => {
    it(`killed ${KILLS} times in all, while pages are edited, keep every promise (KILL_SEED=${SEED})`, async () => {
      const options = { batches: { endsAfterLooks: 3, doneAtLook: 5 } };
      emulator = await (provider === "anthropic" ? startAnthropic(options) : startOpenAI(options));
      const settings: ProgramSettings = { directory, provider, url: emulator.url, key: emulator.key };
      await killAllOfThem(settings, SEED);
      await drain(settings);

      await using store = openStore(settings);
      const pages = Array.from({ length: PAGES }, (_, index) => pageOf(index));
      // P1, P2, P3, P5: all are summarized, nothing was paid twice, what was paid is in the memo, nothing is left.
      const { summarized, dead } = await expectAllKept(store, pages, emulator.billing);
      expect({ summarized, dead }).toEqual({ summarized: PAGES, dead: 0 });

      // P4: every summary is that of what its page says now, be it edited or not; and the memo has all of it.
      const billsBefore = emulator.billing.bills.length;
      let edited = 0;
      for (const { id } of pages) {
        const page = (await store.pages.read(id))?.page;
        const live = await summarize(page?.content ?? "", {
          ...{ ...REQUEST, model: modelOf(settings), memo: store.memo, tokenizer: approximate() },
        });
        expect(page?.summary, id).toBe(live.summary);
        if (page?.content.includes("(edited: ") === true) edited += 1;
      }
      expect(emulator.billing.bills.length - billsBefore, "calls for what should be in the memo").toBe(0);
      expect(edited).toBe(30);
    });
  },
);
