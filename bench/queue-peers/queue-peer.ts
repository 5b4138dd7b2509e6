import type { NewQueueItem } from "@gro/queue";

/** Another queue that does the same work. */
export interface QueuePeer {
  readonly name: string;
  /** Queues one, or many together. */
  send(items: readonly NewQueueItem[]): Promise<void>;
  /** Takes so many and marks them as done. */
  work(count: number): Promise<void>;
  close(): Promise<void>;
}
