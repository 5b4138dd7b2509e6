import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { Scrape } from "../metrics/support/scrape.js";
import { sentences } from "./program.js";
import { QueueScene, type Standing } from "./queue-scene.js";
import { gather, realProgram, runProcess, startProcess } from "./spawned.js";
import { temporaryFolder } from "./temporary-folder.js";

const { path: parent } = temporaryFolder();
let scene = new QueueScene(parent);
beforeEach(() => {
  scene = new QueueScene(parent);
});

interface Totals {
  readonly pages: { readonly summarized: number };
  readonly tokens: { readonly billed: { readonly input: number } };
}

async function totals(): Promise<Totals | null> {
  return ((await scene.standing()) as Standing & { readonly totals: Totals | null }).totals;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Queues pages and waits until the figures on the disk have them. */
async function summarized(count: number): Promise<void> {
  const done = (await totals())?.pages.summarized ?? 0;
  const files = Array.from({ length: count }, (_, index) =>
    scene.file(`${done}-${index}.txt`, `Book ${done + index}. ${sentences(100)}`),
  );
  expect((await scene.enqueue([...files, "--target-tokens", "60"])).code).toBe(0);
  while (((await totals())?.pages.summarized ?? 0) < done + count) await pause(50);
}

it("figures outlive workers that are killed, and start with 0 for Prometheus", async () => {
  const flags = ["--provider", "local", "--poll-interval", "100", "--metrics-port", "0", ...scene.storeFlags];
  for (let round = 1; round <= 3; round += 1) {
    const child = startProcess(realProgram, ["worker", ...flags]);
    const { written, ended } = gather(child);
    while (!written.stderr.includes("metrics at")) await pause(20);
    await summarized(2);
    const url = /metrics at (\S+)\/metrics/u.exec(written.stderr)?.[1] ?? "";
    const page = await Scrape.of(await (await fetch(`${url}/metrics`)).text());
    expect(page.sum("gro_pages_summarized_total")).toBe(2);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect((await totals())?.pages.summarized).toBe(2 * round);
  }
  const before = await totals();
  expect(
    (await runProcess(realProgram, ["worker", "--drain", "--provider", "local", ...scene.storeFlags])).code,
  ).toBe(0);
  expect(await totals()).toEqual(before);
  expect(readdirSync(join(scene.queuePath, "metrics"))).toHaveLength(1);
});
