import type { ContractRunner } from "@gro/queue/contract";

export type CaseBody = () => Promise<void>;

/** The cases that a contract hands to its test runner, by name. */
export function casesOf(examine: (runner: ContractRunner) => void): ReadonlyMap<string, CaseBody> {
  const cases = new Map<string, CaseBody>();
  examine({
    describe: (_name, body) => body(),
    it(name, body) {
      if (cases.has(name)) throw new Error(`Two cases of one contract have the name ${name}.`);
      cases.set(name, body);
    },
  });
  return cases;
}

/** What a case says of the store: `undefined` when it is content. */
export async function complaintOf(body: CaseBody | undefined): Promise<Error | undefined> {
  if (body === undefined) throw new Error("The contract has no such case.");
  try {
    await body();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return undefined;
}

/** A test runner that passes on what stands below one heading. */
export function onlyBelow(heading: string, { describe, it }: ContractRunner): ContractRunner {
  let isBelow = false;
  return {
    describe(name, body) {
      const before = isBelow;
      isBelow ||= name === heading;
      describe(name, body);
      isBelow = before;
    },
    it(name, body) {
      if (isBelow) it(name, body);
    },
  };
}
