import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CRASH_POINTS } from "@gro/batch";
import { enqueuePages, type Page } from "@gro/queue";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  firstOf,
  onCalls,
  startAnthropic,
  startOpenAI,
  type AnthropicEmulator,
  type BatchedRequest,
  type Cue,
  type OpenAIEmulator,
  type PlannedOutcome,
} from "../emulators/index.js";
import { seededRandom } from "../support/prose.js";
import { expectAllKept } from "./accounts.js";
import { pageOf, REQUEST, unspeakablePage, UNSPEAKABLE } from "./pages.js";
import { bundlePrograms, Program } from "./programs.js";
import { openStore, type ProgramSettings } from "./programs/setup.js";

type ProviderName = ProgramSettings["provider"];

const PROVIDERS: readonly ProviderName[] = ["anthropic", "openai"];
/** `KILL_SEED=… npm run test:long` repeats a run as far as the machine lets it. */
const SEED = Number(process.env["KILL_SEED"] ?? Math.floor(Math.random() * 1e9));
const PAGES = 500;
const KILLS = 300;

let programs: string;
let directory: string;
let emulator: AnthropicEmulator | OpenAIEmulator;

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "gro-programs-"));
  await bundlePrograms(programs);
});
afterAll(() => rm(programs, { recursive: true, force: true }));
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gro-kill-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(directory, { recursive: true, force: true });
});

/** The response to every creation is lost after the batch exists. */
const loseResponses: Cue = onCalls("POST", /\/v1\/(messages\/)?batches$/u, {
  kind: "lost-after-effect",
  how: "cut",
});

function refuseTheUnspeakable({ body }: BatchedRequest): PlannedOutcome | undefined {
  return JSON.stringify(body).includes(UNSPEAKABLE)
    ? { kind: "answered", fault: { kind: "refusal" } }
    : undefined;
}

async function start(provider: ProviderName, cue?: Cue): Promise<ProgramSettings> {
  const options = {
    ...(cue === undefined ? {} : { cue }),
    batches: { endsAfterLooks: 3, doneAtLook: 5, outcome: refuseTheUnspeakable },
  };
  emulator = await (provider === "anthropic" ? startAnthropic(options) : startOpenAI(options));
  return { directory, provider, url: emulator.url, key: emulator.key };
}

/** Kills hosts and workers at random moments until there were so many deaths, and answers which pages were acknowledged. */
async function killAtRandom(settings: ProgramSettings, kills: number, seed: number): Promise<Page[]> {
  const random = seededRandom(seed);
  const acknowledged = new Set<number>();
  const hostFrom = () => {
    const from = Math.max(-1, ...acknowledged) + 1;
    return new Program(programs, "host", { ...settings, pages: { from, to: PAGES, pauseMs: 120 } });
  };
  const note = (host: Program) => host.said.forEach((line) => acknowledged.add(Number(line)));
  let host = hostFrom();
  const workers = [1, 2].map(() => new Program(programs, "worker", settings));
  for (let killed = 0; killed < kills; killed += 1) {
    // Half of the deaths come early, while a process starts up and takes over.
    await pause(random() < 0.5 ? 100 + random() * 200 : random() * 900);
    const victim = Math.floor(random() * 3);
    if (victim === 2) {
      await host.kill();
      note(host);
      host = hostFrom();
    } else {
      await workers[victim]?.kill();
      workers[victim] = new Program(programs, "worker", settings);
    }
  }
  await host.end();
  note(host);
  await Promise.all(workers.map((worker) => worker.kill()));
  expect(acknowledged.size, host.complaints).toBe(PAGES);
  return [...acknowledged].map(pageOf);
}

async function drain(settings: ProgramSettings): Promise<void> {
  const worker = new Program(programs, "worker", { ...settings, drains: true });
  await worker.end();
  expect(worker.process.exitCode, worker.complaints).toBe(0);
}

describe.each(PROVIDERS)("whatever is killed, with %s", (provider) => {
  it(`at ${KILLS} random moments over ${PAGES} pages (KILL_SEED=${SEED}), nothing is lost or paid twice`, async () => {
    const settings = await start(provider);
    const acknowledged = await killAtRandom(settings, KILLS, SEED);
    await drain(settings);
    await using store = openStore(settings);
    const { dead } = await expectAllKept(store, acknowledged, emulator.billing);
    expect(dead).toBe(0);
  });

  it(`with the response of every creation lost, at 60 random moments (KILL_SEED=${SEED})`, async () => {
    const settings = await start(provider, loseResponses);
    const acknowledged = await killAtRandom(settings, 60, SEED);
    await drain(settings);
    await using store = openStore(settings);
    const { dead } = await expectAllKept(store, acknowledged, emulator.billing);
    expect(dead).toBe(0);
  });

  it.each(CRASH_POINTS.flatMap((point) => [1, 2].map((visit) => ({ point, visit }))))(
    "at $point, the time it is come by number $visit",
    async ({ point, visit }) => {
      // An answer that is lost, results that come short, and batches of others on the account, lead by every point.
      const settings = await start(provider, firstOf(onlyFirst(loseResponses), shortOnce()));
      const pages = [...Array.from({ length: 12 }, (_, index) => pageOf(index)), unspeakablePage()];
      await using store = openStore(settings);
      await enqueuePages(store, pages, REQUEST);
      const crashing = new Program(programs, "worker", {
        ...settings,
        drains: true,
        crash: { point, visit },
      });
      await crashing.end();
      const wasKilled = crashing.process.signalCode === "SIGKILL";
      if (!wasKilled) expect(crashing.process.exitCode, crashing.complaints).toBe(0);
      if (visit === 1 && !isOptional(provider, point)) expect(wasKilled, `killed at ${point}`).toBe(true);
      await drain(settings);
      const { dead } = await expectAllKept(store, pages, emulator.billing);
      expect(dead).toBe(1);
    },
  );
});

/** What a cue does to the first request that it concerns. */
function onlyFirst(cue: Cue): Cue {
  let isOver = false;
  return (request) => {
    const fault = isOver ? undefined : cue(request);
    if (fault !== undefined) isOver = true;
    return fault;
  };
}

/** The first results that are read come to a silent end. */
function shortOnce(): Cue {
  const fault = { kind: "short-results", afterLines: 0, how: "line-end" } as const;
  return onCalls("GET", /results$|content$/u, fault, 1);
}

/** Only Anthropic has candidates; only where others' batches look like ours is one ruled out. */
function isOptional(provider: ProviderName, point: string): boolean {
  return (
    point === "candidate-ruled-out" ||
    (point.startsWith("candidate")
      ? provider === "openai"
      : provider === "anthropic" && point === "batch-adopted")
  );
}
