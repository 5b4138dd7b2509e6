export { VirtualMemory } from "./virtual-memory.js";
export type { InlineOptions, RunningWorker, VirtualMemoryOptions } from "./options/virtual-memory-options.js";
export type { MemoryStore } from "./compaction/workshop.js";
export type { CompactionReport } from "./compaction/compact.js";
export type { Context, ContextPart, ContextPartKind } from "./context/context.js";
export type { VirtualMemoryState } from "./state/memory-state.js";
export type { PageEntry } from "./summaries/page-entry.js";
export type { HeldMessage } from "./working/unit.js";
export type { PageRequest, PageRequestKind } from "./markers/page-requests.js";
export type {
  AssistantMessage,
  ChatMessage,
  Lane,
  SystemMessage,
  ToolCall,
  ToolMessage,
  UserMessage,
} from "./messages/chat-message.js";
export { pageIdOf } from "./pages/keep-page.js";
export type { EphemeralLine, MemoryPage } from "./pages/memory-page.js";
export type {
  PagedEvent,
  QueuedEvent,
  SlotEvent,
  SummarizedEvent,
  VirtualMemoryEventMap,
  VirtualMemoryEventSink,
} from "./events.js";
export type { MemoryWarning, MemoryWarningCode } from "./warning.js";
