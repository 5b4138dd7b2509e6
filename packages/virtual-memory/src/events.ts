import type { MemoryWarning } from "./warning.js";

/** A page was written. */
export interface PagedEvent {
  readonly pageId: string;
  readonly lane: string;
  readonly messageCount: number;
  readonly tokens: number;
}

/** Pages were put into the queue. */
export interface QueuedEvent {
  readonly pageIds: readonly string[];
}

/** A summary has taken its place in the context. */
export interface SummarizedEvent {
  readonly pageId: string;
  /** `model`: made inline. `store`: found in the page. `code`: first and last lines, as no model would. */
  readonly source: "model" | "store" | "code";
  readonly tokens: number;
}

/** A page came into the page slot, or left it. */
export interface SlotEvent {
  readonly pageId: string;
}

/** The events of a memory by name. No content in any of them. */
export interface VirtualMemoryEventMap {
  paged: [event: PagedEvent];
  queued: [event: QueuedEvent];
  summarized: [event: SummarizedEvent];
  loaded: [event: SlotEvent];
  unloaded: [event: SlotEvent];
  warned: [event: MemoryWarning];
}

/** Where events go: Node's EventEmitter, an eventemitter3, or anything with `emit`. */
export interface VirtualMemoryEventSink {
  emit<Name extends keyof VirtualMemoryEventMap>(name: Name, ...event: VirtualMemoryEventMap[Name]): unknown;
}
