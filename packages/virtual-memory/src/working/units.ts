import { LANES, type ChatMessage, type Lane } from "../messages/chat-message.js";
import type { Counter } from "../messages/counter.js";
import type { HeldMessage, Unit } from "./unit.js";
import { unitOf } from "./unit-of.js";

/** The messages that have not been paged, in the order in which they came. */
export class Units {
  readonly #counter: () => Counter;
  #units: Unit[] = [];

  /** @param counter asked when something is counted: it may have to be loaded first */
  constructor(counter: () => Counter) {
    this.#counter = counter;
  }

  get all(): readonly Unit[] {
    return this.#units;
  }

  /** A tool's result joins the latest call of its id that waits for one; some vendors use ids again. */
  append(message: ChatMessage, order: number): void {
    const held: HeldMessage = { order, message };
    if (message.role === "tool") {
      const { toolCallId } = message;
      const asked = this.#units.findLast(({ openCalls }) => openCalls.has(toolCallId));
      if (asked !== undefined) {
        asked.openCalls.delete(toolCallId);
        asked.messages.push(held);
        return;
      }
    }
    this.#units.push(unitOf([held]));
  }

  restore(units: readonly (readonly [HeldMessage, ...HeldMessage[]])[]): void {
    this.#units = units.map(unitOf);
  }

  remove(gone: ReadonlySet<Unit>): void {
    this.#units = this.#units.filter((unit) => !gone.has(unit));
  }

  tokensOf(unit: Unit): number {
    const counter = this.#counter();
    return unit.messages.reduce((sum, { message }) => sum + counter.message(message), 0);
  }

  get tokens(): number {
    return this.#units.reduce((sum, unit) => sum + this.tokensOf(unit), 0);
  }

  /**
   * The units that hold one of the last `minRecent` messages of their lane, and as many of the latest whose calls wait for results, one at
   * least: a call that was given up would stay for ever.
   */
  recent(minRecent: number): ReadonlySet<Unit> {
    const left = new Map<Lane, number>(LANES.map((lane) => [lane, minRecent]));
    const newestFirst = this.#units
      .flatMap((unit) => unit.messages.map((held) => ({ unit, held })))
      .sort((one, other) => other.held.order - one.held.order);
    const waiting = this.#units.filter(({ openCalls }) => openCalls.size > 0);
    const recent = new Set(waiting.slice(-Math.max(1, minRecent)));
    for (const { unit } of newestFirst) {
      const more = left.get(unit.lane) ?? 0;
      if (more === 0) continue;
      left.set(unit.lane, more - 1);
      recent.add(unit);
    }
    return recent;
  }
}
