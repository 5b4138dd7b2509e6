import { prose } from "./prose.js";

/** A text in which one paragraph is other than it was. */
export interface EditedText {
  readonly kind: "inserted" | "deleted" | "changed";
  /** Where the edit begins, in UTF-16 units. */
  readonly at: number;
  readonly text: string;
}

const NEW_PARAGRAPH =
  "Nobody had expected the ferry that evening. It came all the same, and with it a letter.";

/** The text with one paragraph inserted, deleted or changed, all three at each of `places` places spread over it evenly. */
export function* paragraphEdits(text: string, places: number): Generator<EditedText> {
  const gaps = Array.from(text.matchAll(/(?:\r?\n){2,}/g));
  const [first] = gaps;
  if (first === undefined) throw new RangeError("A text of one paragraph");
  const blankLine = first[0];
  const starts = gaps.map((gap) => gap.index + gap[0].length);
  for (let place = 0; place < places; place += 1) {
    const paragraph = Math.floor(((place + 0.5) / places) * starts.length);
    const start = starts[paragraph] ?? 0;
    const end = starts[paragraph + 1] ?? text.length;
    const before = text.slice(0, start);
    const after = text.slice(end);
    yield { kind: "inserted", at: start, text: before + NEW_PARAGRAPH + blankLine + text.slice(start) };
    yield { kind: "deleted", at: start, text: before + after };
    yield { kind: "changed", at: start, text: before + NEW_PARAGRAPH + blankLine + after };
  }
}

/** New text that makes a text a hundredth longer, as a log grows: nothing of it has been summarized before. */
export function onePercentMore(text: string): string {
  const length = Math.floor(text.length / 100);
  return "\n\n" + prose(length / 4, 1_001).slice(0, length);
}
