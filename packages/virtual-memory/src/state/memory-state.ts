import type { PageRequest } from "../markers/page-requests.js";
import type { PageEntry } from "../summaries/page-entry.js";
import type { HeldMessage } from "../working/unit.js";

export const STATE_VERSION = 1;

/** Everything that a memory knows beside its pages, which are in the store. Plain JSON. */
export interface VirtualMemoryState {
  readonly version: typeof STATE_VERSION;
  /** The order that the next message gets. */
  readonly nextOrder: number;
  /** What has not been paged, in groups that stay together; in each of them the message with the tool calls comes first. */
  readonly units: readonly (readonly [HeldMessage, ...HeldMessage[]])[];
  readonly shown: readonly PageEntry[];
  readonly backlog: readonly PageEntry[];
  readonly asides: readonly PageEntry[];
  readonly slot: {
    readonly loaded: readonly string[];
    readonly pinned: readonly string[];
    readonly requests: readonly PageRequest[];
  };
}
