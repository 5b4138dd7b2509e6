import { itemIdOf, type DeadLetterReason, type QueueItem } from "@gro/queue";
import type { ItemFields } from "../records.js";

/**
 * A live item. Never changed, only replaced, so that a snapshot can be written while work goes on.
 *
 *   token   availableAt    state
 *   null    not after now  ready (0 when there is nothing to wait for, so that a clock set back hides no item)
 *   null    after now      waiting: released with a delay
 *   a name  after now      claimed
 *   a name  not after now  its lease has lapsed: ready, but the token is good until somebody else claims it
 */
export interface QueueEntry {
  /** Counts up with every item that the store takes; how records name items. */
  readonly number: number;
  readonly fields: ItemFields;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** Milliseconds since the epoch. */
  readonly availableAt: number;
  /** When the lease or the delay that ends then began; `null` where an earlier program has not written it down. */
  readonly restsSince: number | null;
  /** Of the record that claimed it last. */
  readonly token: string | null;
  readonly lapses: number;
  /** Since it was claimed: when this claim ends it, it begins anew. */
  readonly isQueuedAgain: boolean;
  readonly wakeOn: string | null;
}

export interface DeadEntry {
  readonly number: number;
  readonly fields: ItemFields;
  readonly queuedAt: number;
  readonly reason: DeadLetterReason;
  readonly diedAt: number;
}

/** The token that the claimer of an item gets: tokens of items that were claimed together differ. */
export function tokenOf(token: string, number: number): string {
  return `${token}.${number}`;
}

/** What a line takes besides the texts of its item. */
const LINE_WEIGHT = 260;

/** About how many bytes an item takes in a file. */
export function weightOf({ pageId, label, request }: ItemFields): number {
  const texts = pageId.length + (label?.length ?? 0);
  return LINE_WEIGHT + texts + (request === undefined ? 0 : JSON.stringify(request).length);
}

/** An item as its claimers get it. What they change does not count. */
export function itemOf({ fields, queuedAt }: Pick<QueueEntry, "fields" | "queuedAt">): QueueItem {
  const { pageId, contentHash, label = "", lane = null, request } = fields;
  return {
    ...{ id: itemIdOf(pageId, contentHash), pageId, contentHash, label, lane, queuedAt },
    request: request === undefined ? {} : structuredClone(request),
  };
}

/** An item as records hold it: what is the default is left out. */
export function fieldsOf({ pageId, contentHash, label, lane, request }: QueueItem): ItemFields {
  const fields: { -readonly [Name in keyof ItemFields]: ItemFields[Name] } = { pageId, contentHash };
  if (label !== "") fields.label = label;
  if (lane !== null) fields.lane = lane;
  if (Object.keys(request).length > 0) fields.request = request;
  return fields;
}
