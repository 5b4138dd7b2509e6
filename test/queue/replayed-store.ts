import type { DurableStore, StoreEnvironment } from "@gro/queue";
import type { ContractEnvironment, StoreUnderTest } from "@gro/queue/contract";

/** A call, with all that its outcome depended on. */
interface Call {
  readonly part: keyof DurableStore;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly time: number;
  /** Random ids that it drew. */
  readonly ids: string[];
}

/** What a store that lives by the record of its calls can do wrong. */
export interface Flaws {
  /** A method whose calls are missing from the record, for example "queue.extend". */
  readonly forgets?: string | undefined;
  /** Two instances do not see what each other does. */
  readonly isDivided?: boolean | undefined;
}

export type MakeStore = (environment: StoreEnvironment) => DurableStore;

/** A store in memory that notes every call, and comes back after a crash by doing them all again, at the same times. */
export async function replayedStore(
  makeStore: MakeStore,
  environment: ContractEnvironment,
  { forgets, isDivided = false }: Flaws = {},
): Promise<StoreUnderTest<DurableStore>> {
  const record: Call[] = [];
  const open = async () => {
    const past = record.filter(({ part, method }) => `${part}.${method}` !== forgets);
    return openRecord(makeStore, environment, past, (call) => record.push(call));
  };
  const store = await open();
  return { store, reopen: open, another: isDivided ? open : async () => store };
}

async function openRecord(
  makeStore: MakeStore,
  { clock, randomId }: ContractEnvironment,
  past: readonly Call[],
  note: (call: Call) => void,
): Promise<DurableStore> {
  let current: Call | undefined;
  let drawn = 0;
  const inner = makeStore({
    clock: { now: () => current?.time ?? clock.now() },
    randomId() {
      const id = current?.ids[drawn++] ?? randomId();
      if (current !== undefined && drawn > current.ids.length) current.ids.push(id);
      return id;
    },
  });

  /** Methods of stores in memory have done their work when they answer their promise. */
  function invoke(call: Call): unknown {
    const part = inner[call.part];
    const method: unknown = Reflect.get(part, call.method);
    if (typeof method !== "function") throw new TypeError(`There is no ${call.part}.${call.method}.`);
    [current, drawn] = [call, 0];
    const answer: unknown = Reflect.apply(method, part, structuredClone(call.args));
    current = undefined;
    return answer;
  }

  function noting<Part extends object>(part: keyof DurableStore, target: Part): Part {
    const noted =
      (method: string) =>
      (...args: unknown[]) => {
        const call = { part, method, args: structuredClone(args), time: clock.now(), ids: [] };
        note(call);
        return invoke(call);
      };
    // A promise that is resolved with a store asks it for `then`.
    const get = (_target: Part, name: string | symbol) =>
      typeof name === "string" && name in target ? noted(name) : undefined;
    return new Proxy(target, { get });
  }

  for (const call of past) {
    // What was refused then is refused again.
    await Promise.resolve(invoke(call)).catch(() => undefined);
  }
  return {
    queue: noting("queue", inner.queue),
    pages: noting("pages", inner.pages),
    memo: noting("memo", inner.memo),
    ledger: noting("ledger", inner.ledger),
  };
}
