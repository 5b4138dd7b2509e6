import type { FileStore } from "@gro/file-store";
import { memoryStore, type DurableStore } from "@gro/queue";
import fc from "fast-check";
import { expect } from "vitest";
import { completion, START } from "./history.js";
import { anyOperation, type Operation, type Side } from "./model-operations.js";
import { openOn, turns } from "./run-history.js";
import { SimulatedDisk } from "./simulated-disk.js";

type Model = Side;

/** Two instances of the store on one disk. */
interface Real extends Omit<Side, "store"> {
  disk: SimulatedDisk;
  readonly clock: { time: number };
  readonly stores: FileStore[];
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: Command["run"]): Command {
  return { check: () => true, run, toString: () => name };
}

/** A call of one of the instances, and the same call of the model. */
function call(on: number, { name, run }: Operation): Command {
  return command(`${on}.${name}`, async (model, real) => {
    const { claims, batches } = real;
    const expected = await run(model);
    const actual = await run({ store: instance(real, on), claims, batches });
    expect(plain(actual), name).toEqual(plain(expected));
  });
}

const pass = (milliseconds: number) =>
  command(`pass ${milliseconds} ms`, async (_model, { clock }) => {
    clock.time += milliseconds;
  });

/** As after a clock that was ahead: far enough that leases must not be waited for, or not. */
const setBack = (milliseconds: number) =>
  command(`the clock is set back by ${milliseconds} ms`, async (_model, { clock }) => {
    clock.time -= milliseconds;
  });

/** An instance is left behind as by a crash, or closed, and opened again. */
const reopen = (on: number, isClosed: boolean) =>
  command(isClosed ? `${on}.close()` : `${on} crashes`, async (_model, { stores, disk, clock }) => {
    if (isClosed) await stores[on]?.close();
    stores[on] = openOn(disk, clock);
  });

const losePower = command("the power fails", async (_model, real) => {
  real.disk = real.disk.afterPowerLoss();
  real.stores.splice(0, 2, openOn(real.disk, real.clock), openOn(real.disk, real.clock));
});

/** So much is written that files are ended and compacted, and nothing of it matters. */
const fill = (on: number, count: number) =>
  command(`${on} fills ${count}`, async (_model, real) => {
    const { memo } = instance(real, on);
    for (let round = 0; round < count; round += 1) await memo.set("filling", completion("x".repeat(400)));
    await turns();
  });

function instance({ stores }: Real, on: number): DurableStore {
  const store = stores[on];
  if (store === undefined) throw new Error(`There is no instance ${on}.`);
  return store;
}

/** As JSON would carry it: a field that is `undefined` is the same as none. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const on = fc.integer({ min: 0, max: 1 });

const commands = fc.commands(
  [
    // Drawn more often than the others.
    ...Array.from({ length: 6 }, () => fc.tuple(on, anyOperation).map((drawn) => call(...drawn))),
    fc.integer({ min: 0, max: 60 }).map(pass),
    fc.tuple(on, fc.boolean()).map((drawn) => reopen(...drawn)),
    fc.constant(losePower),
    fc.constantFrom(30, 70_000, 5 * 86_400_000).map(setBack),
    fc.tuple(on, fc.integer({ min: 1, max: 6 })).map((drawn) => fill(...drawn)),
  ],
  { maxCommands: 60, size: "max" },
);

/** Runs random histories with the store and with the one in memory side by side. */
export async function runModel(numRuns: number, seed?: number): Promise<void> {
  const property = fc.asyncProperty(commands, async (drawn) => {
    const clock = { time: START };
    let ids = 0;
    const environment = { clock: { now: () => clock.time }, randomId: () => `model-${++ids}` };
    const disk = new SimulatedDisk();
    const model: Model = { store: memoryStore(environment), claims: [], batches: [] };
    const stores = [openOn(disk, clock), openOn(disk, clock)];
    await fc.asyncModelRun(() => ({ model, real: { disk, clock, stores, claims: [], batches: [] } }), drawn);
  });
  await fc.assert(property, { numRuns, ...(seed !== undefined && { seed }) });
}
