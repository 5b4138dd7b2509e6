import { createHash } from "node:crypto";

/** Tokens as providers bill them. */
export interface BilledUsage {
  /** All input tokens, cached ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
}

/** A request that was answered in full. */
export interface Bill {
  readonly requestNumber: number;
  readonly requestId: string;
  readonly model: string;
  /** The same question has the same hash, streamed or not. */
  readonly bodyHash: string;
  readonly usage: BilledUsage;
  /** Set for what a batch has done, which costs half. */
  readonly batch?: BatchBill;
}

export interface BatchBill {
  readonly id: string;
  readonly customId: string;
  /** Of the price of the same request live. */
  readonly priceShare: 0.5;
}

/** What stands in a list more than once, each once. */
function repeatedIn(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  return [...repeated];
}

const WAY_OF_ANSWERING = new Set(["stream", "stream_options"]);

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !WAY_OF_ANSWERING.has(name));
  return entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, part]) => [name, canonical(part)]);
}

export function hashOfBody(body: object): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(body)))
    .digest("hex");
}

/** What a provider would put on the invoice. */
export class Billing {
  readonly bills: Bill[] = [];

  add(bill: Bill): void {
    this.bills.push(bill);
  }

  get total(): BilledUsage {
    const sum = (name: keyof BilledUsage) => this.bills.reduce((total, { usage }) => total + usage[name], 0);
    return {
      inputTokens: sum("inputTokens"),
      cachedInputTokens: sum("cachedInputTokens"),
      cacheWriteTokens: sum("cacheWriteTokens"),
      outputTokens: sum("outputTokens"),
    };
  }

  /** Hashes of the questions that were billed more than once, live or in batches. */
  get billedTwice(): readonly string[] {
    return repeatedIn(this.bills.map(({ bodyHash }) => bodyHash));
  }

  /** The custom_ids that were billed more than once in batches. */
  get customIdsBilledTwice(): readonly string[] {
    return repeatedIn(this.inBatches.map(({ batch }) => batch.customId));
  }

  /** What was done in batches. */
  get inBatches(): readonly (Bill & { readonly batch: BatchBill })[] {
    return this.bills.flatMap((bill) => (bill.batch === undefined ? [] : [{ ...bill, batch: bill.batch }]));
  }
}
