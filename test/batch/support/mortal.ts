import type { BatchProvider, BatchResult, BatchWorkerOptions } from "@gro/batch";
import type { Clock } from "@gro/summarizer";
import type { DurableStore } from "@gro/queue";

/** A process that ends without warning at its n-th moment: before or after any effect, or at a named crash point. */
export class Life {
  private moments = 0;
  private end: () => void = () => undefined;
  isOver = false;
  /** Resolves when it ends. */
  readonly death = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(private readonly lastMoment: number) {}

  get lived(): number {
    return this.moments;
  }

  /** Nothing that was begun goes on after the last moment. */
  async moment(): Promise<void> {
    this.moments += 1;
    if (this.moments >= this.lastMoment) this.kill();
    if (this.isOver) await new Promise(() => undefined);
  }

  kill(): void {
    this.isOver = true;
    this.end();
  }
}

type Method = (...given: unknown[]) => unknown;

/** The same port, as a process sees it that may end at any time: what it does after its end has no effect. */
function mortal<Port extends object>(port: Port, life: Life): Port {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function" || name === "sizeOf") return value;
      const method = value.bind(target) as Method;
      if (name === "results") return (...given: unknown[]) => mortalStream(method(...given), life);
      if (name === "withModel") return (...given: unknown[]) => mortal(method(...given) as object, life);
      return async (...given: unknown[]) => {
        await life.moment();
        const answer = await method(...given);
        await life.moment();
        return answer;
      };
    },
  });
}

async function* mortalStream(stream: unknown, life: Life): AsyncGenerator<BatchResult> {
  for await (const result of stream as AsyncIterable<BatchResult>) {
    await life.moment();
    yield result;
  }
}

/** What a worker is made with that lives in such a process. */
export function mortalParts(
  store: DurableStore,
  provider: BatchProvider,
  clock: Clock,
  life: Life,
): Pick<BatchWorkerOptions, "store" | "provider" | "clock" | "onPoint"> {
  const { queue, pages, memo, ledger } = store;
  return {
    store: {
      queue: mortal(queue, life),
      pages: mortal(pages, life),
      memo: mortal(memo, life),
      ledger: mortal(ledger, life),
    },
    provider: mortal(provider, life),
    clock: {
      now: () => clock.now(),
      sleep: async (milliseconds, signal) => {
        await clock.sleep(milliseconds, signal);
        await life.moment();
      },
    },
    onPoint: () => life.moment(),
  };
}
