import type { ContractOptions, ContractRunner, StoreUnderTest } from "./runner.js";
import type { CaseGroup, ContractCase, Need, Scene } from "./scene.js";

const DEFAULT_LEASE_MS = 60_000;
/** The cases look at quarters of a lease. */
const SHORTEST_LEASE_MS = 4;

/** Hands the cases that the store can be asked to the test runner, each with a fresh store. */
export function runSuite<Store>(
  runner: ContractRunner,
  heading: string,
  groups: readonly CaseGroup<Store>[],
  options: ContractOptions<Store>,
): void {
  const { leaseMs = DEFAULT_LEASE_MS } = options;
  if (!Number.isSafeInteger(leaseMs) || leaseMs < SHORTEST_LEASE_MS) {
    throw new RangeError(
      `Invalid option leaseMs: got ${leaseMs}, expected a whole number from ${SHORTEST_LEASE_MS}.`,
    );
  }
  runner.describe(options.name ?? heading, () => {
    for (const { name, cases } of groups) {
      const possible = cases.filter(({ needs }) => needs === undefined || has(options, needs));
      if (possible.length === 0) continue;
      runner.describe(name, () => {
        for (const contractCase of possible) runner.it(contractCase.name, () => play(contractCase, options));
      });
    }
  });
}

function has<Store>(options: ContractOptions<Store>, need: Need): boolean {
  const { isDurable = true, isShared = true, ownsClock = false, distinguishesCase = true } = options;
  return { reopen: isDurable, another: isShared, clock: !ownsClock, case: distinguishesCase }[need];
}

async function play<Store>(
  contractCase: ContractCase<Store>,
  options: ContractOptions<Store>,
): Promise<void> {
  let now = Date.UTC(2026, 0, 1);
  let ids = 0;
  const clock = { now: () => now };
  const underTest = await options.createStore({ clock, randomId: () => `id-${++ids}` });
  const passTime =
    options.ownsClock === true
      ? given(underTest, "passTime", "without `ownsClock`")
      : async (milliseconds: number) => {
          now += milliseconds;
        };
  const scene: Scene<Store> = {
    ...{ store: underTest.store, leaseMs: options.leaseMs ?? DEFAULT_LEASE_MS, now: clock.now, passTime },
    reopen: () => given(underTest, "reopen", "with `isDurable: false`")(),
    another: () => given(underTest, "another", "with `isShared: false`")(),
  };
  try {
    await contractCase.run(scene);
  } finally {
    await underTest.dispose?.();
  }
}

function given<Store, Name extends "passTime" | "reopen" | "another">(
  underTest: StoreUnderTest<Store>,
  name: Name,
  otherwise: string,
): NonNullable<StoreUnderTest<Store>[Name]> {
  const found = underTest[name];
  if (found !== undefined && found !== null) return found;
  throw new Error(`createStore must answer \`${name}\`, or the contract be run ${otherwise}.`);
}
