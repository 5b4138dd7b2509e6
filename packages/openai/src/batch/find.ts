import type { FoundBatch, LookUp } from "@gro/batch";
import { askOnce, timeByProvider, UnexpectedAnswer } from "@gro/summarizer";
import { callTime, type BatchConnection } from "./connection.js";
import type { ToldBatch } from "./status.js";
import { REF } from "./submit.js";

/** How far the times of the API may be from what its clock says, and a look-up from its intent, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;
/** The most batches that the API lists at a time. */
const PAGE_SIZE = 100;

/** A page of a list as the API tells it, as far as that can be believed. */
interface ToldPage {
  readonly data?: ToldBatch[];
  readonly has_more?: boolean | null;
}

interface BatchPage {
  readonly batches: readonly ToldBatch[];
  /** `undefined` on the last page. */
  readonly next: string | undefined;
  /** What time it is where the batches are, as its answer says. */
  readonly date: string | null;
}

/**
 * Reads the answer by itself: to the SDK, one that is no list is an empty list, and then a batch would be sent again that exists.
 * @throws UnexpectedAnswer
 */
function readPage(answer: ToldPage | null, date: string | null): BatchPage {
  const { data, has_more: hasMore } = answer ?? {};
  if (Array.isArray(data)) {
    const isFollowed = hasMore ?? data.length >= PAGE_SIZE;
    return { batches: data, date, next: isFollowed ? data.at(-1)?.id : undefined };
  }
  throw new UnexpectedAnswer("no list of batches; does the base URL lead to the API, and need /v1?");
}

function list(
  after: string | undefined,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<BatchPage> {
  const query = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
  return askOnce(
    connection,
    callTime(connection, signal),
    (options) => connection.client.batches.list(query, options),
    async (call) => {
      const response = await call.asResponse();
      return readPage((await response.json()) as ToldPage | null, response.headers.get("date"));
    },
  );
}

/** When a batch was created, in milliseconds since the epoch; `NaN` when the API does not say. */
function createdAt({ created_at: seconds }: ToldBatch): number {
  return (seconds ?? Number.NaN) * 1000;
}

/** Whether all batches that are listed further on are too old. Not every server lists the newest first. */
function isPast(batches: readonly ToldBatch[], earliest: number): boolean {
  const [first] = batches;
  const last = batches.at(-1);
  if (first === undefined || last === undefined) return true;
  return createdAt(last) < earliest && createdAt(first) >= createdAt(last);
}

/** The batch that carries our name for it. */
export async function findBatches(
  lookUp: LookUp,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<readonly FoundBatch[]> {
  const found: ToldBatch[] = [];
  const asked = new Set<string | undefined>();
  let after: string | undefined;
  do {
    asked.add(after);
    const { batches, next, date } = await list(after, connection, signal);
    const earliest = timeByProvider(lookUp, date) - CLOCK_SKEW;
    found.push(...batches.filter(({ metadata }) => metadata?.[REF] === lookUp.ref));
    after = found.length > 0 || isPast(batches, earliest) ? undefined : next;
  } while (after !== undefined && !asked.has(after));
  return found.flatMap(({ id }) => (typeof id === "string" ? [{ batchId: id, isCertain: true }] : []));
}
