/**
 * Work in parts: at each `yield` it may be let rest, and it ends with its outcome. The plan knows no clock and no event loop, so it
 * only says where a pause is possible, every few milliseconds whatever the text; an executor decides whether to make one. The
 * outcome does not depend on that.
 */
export type InParts<Outcome> = Generator<void, Outcome, void>;

/** The outcome without a pause, for those who may block. */
export function inOneGo<Outcome>(work: InParts<Outcome>): Outcome {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
}
