import { memoryStore, type DurableStore } from "@gro/queue";
import type { ContractOptions, ContractRunner } from "@gro/queue/contract";
import { describe, expect, it } from "vitest";
import { storesWith, type Mistake } from "./broken-store.js";
import { casesOf, complaintOf } from "./contract-cases.js";
import { replayedStore, type Flaws, type MakeStore } from "./replayed-store.js";

type Contract<Part> = (runner: ContractRunner, options: ContractOptions<Part>) => void;

/** A store that forgets, or that two instances do not share, and the cases that must notice. */
export interface Amnesia extends Flaws {
  readonly name: string;
  readonly foundBy: readonly string[];
}

/** A contract that finds no mistakes is worth nothing: here it is given stores that have some. */
export function findsMistakes<Part>(
  name: string,
  contract: Contract<Part>,
  pick: (store: DurableStore) => Part,
  mistakes: readonly Mistake[],
  amnesias: readonly Amnesia[],
): void {
  const casesFor = (makeStore: MakeStore, flaws?: Flaws) =>
    casesOf((runner) =>
      contract(runner, {
        async createStore(environment) {
          if (flaws === undefined) {
            const store = pick(makeStore(environment));
            return { store, another: async () => store };
          }
          const { store, reopen, another } = await replayedStore(makeStore, environment, flaws);
          return {
            store: pick(store),
            reopen: reopen && (async () => pick(await reopen())),
            another: another && (async () => pick(await another())),
          };
        },
      }),
    );

  async function expectFound(cases: ReturnType<typeof casesOf>, foundBy: readonly string[]): Promise<void> {
    const content: string[] = [];
    for (const key of foundBy) {
      const complaint = await complaintOf(cases.get(key));
      if (complaint === undefined) content.push(key);
      // What the contract says, or the store's own refusal: no accident.
      else expect(String(complaint)).toMatch(/^(Error: (two instances|\w+): |StoreError: )/u);
    }
    expect(content, "these cases must not be content with the store").toEqual([]);
  }

  describe(`${name} finds that`, () => {
    it.each(mistakes.map((mistake) => [mistake.name, mistake] as const))("%s", async (_name, mistake) => {
      await expectFound(casesFor(await storesWith(mistake)), mistake.foundBy);
    });

    it.each(amnesias.map((amnesia) => [amnesia.name, amnesia] as const))("%s", async (_name, amnesia) => {
      await expectFound(casesFor(memoryStore, amnesia), amnesia.foundBy);
    });

    it("one thing or the other is wrong, by each of its cases", () => {
      const proven = new Set([...mistakes, ...amnesias].flatMap(({ foundBy }) => foundBy));
      expect([...casesFor(memoryStore).keys()].filter((key) => !proven.has(key))).toEqual([]);
    });
  });
}
