import { EventEmitter } from "eventemitter3";
import type { SummaryEventMap } from "./ports/summary-events.js";

/** An emitter for the option `events`: `summaryEvents().on("stepDone", …)`. */
export function summaryEvents(): EventEmitter<SummaryEventMap> {
  return new EventEmitter<SummaryEventMap>();
}
