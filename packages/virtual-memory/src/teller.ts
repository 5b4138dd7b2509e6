import type { VirtualMemoryEventMap, VirtualMemoryEventSink } from "./events.js";
import type { MemoryWarning, MemoryWarningCode } from "./warning.js";

/** So many warnings are kept for the next context: a store that fails for hours must not fill the memory. */
const MOST_KEPT = 100;

/** Tells the host what happens: by events at once, and warnings also with the next context. */
export class Teller {
  readonly #events: VirtualMemoryEventSink | undefined;
  #kept: MemoryWarning[] = [];

  constructor(events: VirtualMemoryEventSink | undefined) {
    this.#events = events;
  }

  /** A listener that throws is the host's own trouble: the memory goes on. */
  emit<Name extends keyof VirtualMemoryEventMap>(name: Name, ...event: VirtualMemoryEventMap[Name]): void {
    try {
      this.#events?.emit(name, ...event);
    } catch {
      this.#keep({ code: "event_listener_failed", message: `A listener of "${name}" has thrown.` });
    }
  }

  warn(code: MemoryWarningCode, message: string, pageId?: string): void {
    const warning = { code, message, ...(pageId === undefined ? {} : { pageId }) };
    this.#keep(warning);
    this.emit("warned", warning);
  }

  /** The warnings since the last call. */
  take(): readonly MemoryWarning[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  /** The same is told once a context; of too many, the latest are kept. */
  #keep(warning: MemoryWarning): void {
    const isKnown = this.#kept.some(
      ({ code, pageId, message }) =>
        code === warning.code && pageId === warning.pageId && message === warning.message,
    );
    if (isKnown) return;
    this.#kept.push(warning);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
  }
}
