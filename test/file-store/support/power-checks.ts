import { isDeepStrictEqual } from "node:util";
import { StoreError } from "@gro/queue";
import { expect } from "vitest";
import { expectationsOf, type Expectation } from "./expected.js";
import { HISTORY, portrait, type Scene } from "./history.js";
import { fileScene, runHistory, type BrokenOff, type FileScene } from "./run-history.js";
import { SimulatedDisk, type Fault } from "./simulated-disk.js";

/** A run of the history that a fault broke off, or that it did no harm to. */
interface Broken {
  readonly disk: SimulatedDisk;
  readonly scene: FileScene;
  readonly end: BrokenOff;
}

/** The history on a disk where nothing goes wrong, to its end. */
export async function wholeHistory(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const scene = fileScene(disk);
  const { error } = await runHistory(HISTORY, scene);
  await scene.store.close();
  expect(error).toBeUndefined();
  return disk;
}

/** Looks at what is left when the history meets a fault. */
export class PowerChecks {
  readonly #expectations: readonly Expectation[];
  /** Of the history, where nothing goes wrong. */
  readonly operations: number;

  private constructor(expectations: readonly Expectation[], operations: number) {
    this.#expectations = expectations;
    this.operations = operations;
  }

  static async prepare(): Promise<PowerChecks> {
    return new PowerChecks(await expectationsOf(HISTORY), (await wholeHistory()).operations);
  }

  /** The power fails in an operation, and perhaps again in one of those that follow. */
  async powerFails(at: number, seed: number, again?: number): Promise<void> {
    const { disk, scene, end } = await breakOff({ at, kind: "power" }, seed);
    if (end.step < HISTORY.length) expect(end.error, `operation ${at}`).toBeDefined();
    let after = disk.afterPowerLoss(again === undefined ? undefined : { at: again, kind: "power" });
    if (again !== undefined) {
      await useUntilPowerFails(after, scene);
      after = after.afterPowerLoss();
    }
    await this.#expectWhole(after.clone(), scene, end);
    await expectUsable(after, scene);
  }

  /** An operation fails, and those that follow do not. */
  async operationFails(at: number, kind: "ENOSPC" | "EIO"): Promise<void> {
    const { disk, scene, end } = await breakOff({ at, kind }, at);
    const operation = `operation ${at}: ${disk.log[at]}`;
    if (end.step < HISTORY.length) {
      expectToldWhy(end.error, kind, operation);
      await scene.store.queue.stats();
      if (/^(append|sync) .*journal/u.test(disk.log[at] ?? "")) {
        const next = scene.store.queue.enqueue([{ pageId: "next", contentHash: "f".repeat(64) }]);
        await expect(next, operation).rejects.toMatchObject({ code: "store_failed" });
      }
    }
    await scene.store.close();
    expect(disk.openFiles, operation).toBe(0);
    const after = at % 2 === 0 ? disk.clone() : disk.afterPowerLoss();
    await this.#expectWhole(after.clone(), scene, end);
    await expectUsable(after, scene);
  }

  /** What a disk holds must be as before the step in which the history broke off, or as after it. */
  async #expectWhole(disk: SimulatedDisk, scene: Scene, { step }: BrokenOff): Promise<void> {
    const expectation = this.#expectations[step];
    if (expectation === undefined) throw new Error(`There is no step ${step}.`);
    const again = reopened(disk, scene);
    const found = await portrait(again, expectation.known);
    await again.store.close();
    const { before, after } = expectation;
    if (isDeepStrictEqual(found, after)) return;
    expect(found, `step ${step}: ${HISTORY[step]?.name}`).toEqual(before);
  }
}

async function breakOff(fault: Fault, seed: number): Promise<Broken> {
  const disk = new SimulatedDisk(fault, seed);
  const scene = fileScene(disk);
  const end = await runHistory(HISTORY, scene);
  return { disk, scene, end };
}

/** Opens a disk again with what the broken off scene had got, at its time. */
function reopened(disk: SimulatedDisk, { clock, claims, batches }: Scene): FileScene {
  return { ...fileScene(disk, clock.time), claims: new Map(claims), batches: new Map(batches) };
}

function expectToldWhy(error: unknown, kind: string, operation: string): void {
  if (!StoreError.isInstance(error)) throw error;
  const { code, context, message } = error;
  expect(code, operation).toBe("store_failed");
  expect(context["file"], operation).toContain("/data");
  expect(message, operation).toContain(String(context["file"]));
  // What was written in part has no code of the system.
  expect(context["systemCode"] ?? kind, operation).toBe(kind);
}

/** A page that says nothing of the history: what is done to it leaves everything else as it is. */
const NEW = { pageId: "new", contentHash: "e".repeat(64) };
const SAID = { text: "new", finishReason: "stop", usage: { inputTokens: 1, outputTokens: 1 } } as const;

/** Changes that leave nothing behind. */
async function useUntilPowerFails(disk: SimulatedDisk, scene: Scene): Promise<void> {
  try {
    const { store } = reopened(disk, scene);
    for (let round = 0; round < 20; round += 1) await store.memo.set("new", SAID);
  } catch {
    expect(disk.isOff).toBe(true);
  }
}

/** The store takes changes again. */
async function expectUsable(disk: SimulatedDisk, scene: Scene): Promise<void> {
  const { store } = reopened(disk, scene);
  expect((await store.queue.enqueue([NEW]))[0]?.kind).toBe("queued");
  await store.memo.set("new", SAID);
  await store.close();
  const again = reopened(disk, scene);
  expect((await again.store.queue.enqueue([NEW]))[0]?.kind).toBe("duplicate");
  expect(await again.store.memo.get("new")).toEqual(SAID);
  await again.store.close();
}
