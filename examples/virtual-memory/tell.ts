import { EventEmitter } from "node:events";
import type { VirtualMemoryEventMap, VirtualMemoryEventSink } from "@gro/virtual-memory";

/** Tells what a memory does. There is no content in its events. */
export function tell(print: (line: string) => void): VirtualMemoryEventSink {
  const events = new EventEmitter<VirtualMemoryEventMap>();
  events.on("paged", ({ pageId, lane, messageCount, tokens }) =>
    print(`  [${messageCount} messages, ${tokens} tokens of the lane ${lane} are now page ${pageId}]`),
  );
  events.on("summarized", ({ pageId, tokens }) =>
    print(`  [a summary of ${tokens} tokens stands for ${pageId}]`),
  );
  events.on("loaded", ({ pageId }) => print(`  [${pageId} is loaded]`));
  events.on("warned", ({ code, message }) => print(`  [${code}: ${message}]`));
  return events;
}
