import type { FoundBatch, LookUp } from "@gro/batch";
import { askOnce, timeByProvider, UnexpectedAnswer } from "@gro/summarizer";
import { callTime, type BatchConnection } from "./connection.js";
import { totalOf, type ToldBatch } from "./status.js";

/** How far the times of the API may be from what its clock says, and a look-up from its intent, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;
/** Batches that the API lists at a time; it lists up to 1000. */
const PAGE_SIZE = 100;

/** A page of a list as the API tells it, as far as that can be believed. */
interface ToldPage {
  readonly data?: ToldBatch[];
  readonly has_more?: boolean | null;
  readonly last_id?: string | null;
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
  const { data, has_more: hasMore, last_id: lastId } = answer ?? {};
  if (Array.isArray(data)) {
    const isFollowed = hasMore ?? data.length >= PAGE_SIZE;
    return { batches: data, date, next: isFollowed ? (lastId ?? data.at(-1)?.id) : undefined };
  }
  throw new UnexpectedAnswer("no list of batches; does the base URL lead to the API?");
}

function list(
  after: string | undefined,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<BatchPage> {
  const query = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after_id: after }) };
  return askOnce(
    connection,
    callTime(connection, signal),
    (options) => connection.client.messages.batches.list(query, options),
    async (call) => {
      const response = await call.asResponse();
      return readPage((await response.json()) as ToldPage | null, response.headers.get("date"));
    },
  );
}

/** When a batch was created, in milliseconds since the epoch; `NaN` when the API does not say. */
function createdAt({ created_at: time }: ToldBatch): number {
  return Date.parse(time ?? "");
}

/** Whether all batches that are listed further on are too old: the newest come first. */
function isPast(batches: readonly ToldBatch[], earliest: number): boolean {
  const last = batches.at(-1);
  return last === undefined || createdAt(last) < earliest;
}

/**
 * Batches with as many requests, created since the intent. The API keeps no name of ours, so only their results tell whose they are.
 * The one that was created soonest after the intent comes first.
 */
export async function findBatches(
  lookUp: LookUp,
  connection: BatchConnection,
  signal: AbortSignal | undefined,
): Promise<readonly FoundBatch[]> {
  let since = lookUp.since;
  const found: ToldBatch[] = [];
  const asked = new Set<string | undefined>();
  let after: string | undefined;
  do {
    asked.add(after);
    const { batches, next, date } = await list(after, connection, signal);
    since = timeByProvider(lookUp, date);
    const earliest = since - CLOCK_SKEW;
    found.push(
      ...batches.filter((batch) => !(createdAt(batch) < earliest) && totalOf(batch) === lookUp.requestCount),
    );
    after = isPast(batches, earliest) ? undefined : next;
  } while (after !== undefined && !asked.has(after));
  const distance = (batch: ToldBatch) => Math.abs(createdAt(batch) - since);
  return found
    .sort((one, other) => distance(one) - distance(other))
    .flatMap(({ id }) => (typeof id === "string" ? [{ batchId: id, isCertain: false }] : []));
}
