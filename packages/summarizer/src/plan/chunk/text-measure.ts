import type { InParts } from "../in-parts.js";
import { countInParts } from "../text/count-in-parts.js";
import { withoutHalfPair } from "../text/graphemes.js";
import type { Tokenizer } from "../tokenizer.js";
import { stretchEnd, stretchLength, stretchStart } from "./stretch.js";
import { findWordSeams, seamAtOrBefore, type WordSeams } from "./word-seams.js";

/** Offsets into a text with the tokens between them and the start, ascending; the first entry is the start with 0. */
export interface Ruler {
  readonly offsets: readonly number[];
  readonly tokens: readonly number[];
}

/** Counted between two pauses. */
const STRETCHES_IN_A_PART = 8;

/** Seams further off than this are not worth a count, in UTF-16 units. */
const FARTHEST_SEAM = 1_024;

/**
 * The tokens of a text and of its spans. Where the tokenizer's counts add up between words, the text is counted once and
 * spans are looked up; otherwise every span is counted by itself.
 */
export class TextMeasure {
  private constructor(
    readonly text: string,
    private readonly tokenizer: Tokenizer,
    private readonly seams: WordSeams | undefined,
  ) {}

  static *of(text: string, tokenizer: Tokenizer): InParts<TextMeasure> {
    const seams = tokenizer.addsUpBetweenWords === true ? yield* findWordSeams(text, tokenizer) : undefined;
    return new TextMeasure(text, tokenizer, seams);
  }

  /** For errors. */
  get tokenizerId(): string {
    return this.tokenizer.id;
  }

  /** Tokens of the whole text, exactly. */
  *total(): InParts<number> {
    return this.seams?.tokens.at(-1) ?? (yield* countInParts(this.text, this.tokenizer));
  }

  /** Tokens of `text.slice(start, end)`, exactly. */
  *count(start: number, end: number): InParts<number> {
    const { seams } = this;
    if (seams !== undefined) {
      const first = this.seamAtOrAfter(seams, start);
      const last = seamAtOrBefore(seams, end);
      if (first < last) {
        const { offsets, tokens } = seams;
        const inner = (tokens[last] ?? 0) - (tokens[first] ?? 0);
        const before = this.countAlone(start, offsets[first] ?? end);
        return before + inner + this.countAlone(offsets[last] ?? end, end);
      }
    }
    return yield* countInParts(this.text.slice(start, end), this.tokenizer);
  }

  /** Measures from `start` forward, as far as `limit` tokens reach or to the end of the text. */
  *forward(start: number, limit: number): InParts<Ruler> {
    const offsets = [start];
    const tokens = [0];
    const length = stretchLength(limit);
    let offset = start;
    let sum = 0;
    const step = (end: number, count: number): boolean => {
      if (sum + count > limit) return false;
      sum += count;
      offset = end;
      offsets.push(offset);
      tokens.push(sum);
      return true;
    };
    this.stepBySeams(start, step);
    while (offset < this.text.length) {
      const end = stretchEnd(this.text, offset, length);
      if (!step(end, this.countAlone(offset, end))) {
        const fit = this.longestFit(offset, end, limit - sum);
        if (fit > offset) {
          offsets.push(fit);
          tokens.push(limit);
        }
        break;
      }
      if (offsets.length % STRETCHES_IN_A_PART === 0) yield;
    }
    return { offsets, tokens };
  }

  /** The smallest offset from which the text up to `end` takes at most `limit` tokens. */
  *backward(end: number, limit: number): InParts<number> {
    const length = stretchLength(limit);
    let offset = end;
    let sum = 0;
    for (let stretches = 1; offset > 0; stretches += 1) {
      if (stretches % STRETCHES_IN_A_PART === 0) yield;
      const start = stretchStart(this.text, offset, length);
      const count = this.countAlone(start, offset);
      if (sum + count > limit) {
        let exceeds = start;
        let fits = offset;
        while (fits - exceeds > 1) {
          const middle = (fits + exceeds) >> 1;
          if (sum + this.countAlone(middle, offset) <= limit) fits = middle;
          else exceeds = middle;
        }
        // Half a pair at the front would be a character of its own: step over it, into the text that fits.
        return withoutHalfPair(this.text, fits) === fits ? fits : fits + 1;
      }
      sum += count;
      offset = start;
    }
    return offset;
  }

  private countAlone(start: number, end: number): number {
    return start === end ? 0 : this.tokenizer.count(this.text.slice(start, end));
  }

  private seamAtOrAfter(seams: WordSeams, offset: number): number {
    const before = seamAtOrBefore(seams, offset);
    return seams.offsets[before] === offset ? before : before + 1;
  }

  /** From seam to seam, without counting, as long as `step` allows. */
  private stepBySeams(start: number, step: (end: number, count: number) => boolean): void {
    if (this.seams === undefined) return;
    const { offsets, tokens } = this.seams;
    let seam = this.seamAtOrAfter(this.seams, start);
    const first = offsets[seam];
    // In text without spaces the next seam may be a megabyte away: no reason to count that far.
    if (first === undefined || first - start > FARTHEST_SEAM) return;
    if (first > start && !step(first, this.countAlone(start, first))) return;
    for (seam += 1; seam < offsets.length; seam += 1) {
      if (!step(offsets[seam] ?? start, (tokens[seam] ?? 0) - (tokens[seam - 1] ?? 0))) return;
    }
  }

  /** The largest offset in `(start, end]` whose tokens fit, or `start` when not even one character does. */
  private longestFit(start: number, end: number, limit: number): number {
    let fits = start;
    let exceeds = end;
    while (exceeds - fits > 1) {
      const middle = (fits + exceeds) >> 1;
      if (this.countAlone(start, middle) <= limit) fits = middle;
      else exceeds = middle;
    }
    const whole = withoutHalfPair(this.text, fits);
    return whole > start ? whole : start;
  }
}

/** The offset that `tokens` tokens reach on a ruler, interpolated between its marks. */
export function offsetAt(ruler: Ruler, tokens: number): number {
  for (let index = 1; index < ruler.offsets.length; index += 1) {
    const reached = ruler.tokens[index] ?? 0;
    if (reached < tokens) continue;
    const before = ruler.tokens[index - 1] ?? 0;
    const from = ruler.offsets[index - 1] ?? 0;
    const to = ruler.offsets[index] ?? from;
    const share = reached === before ? 1 : (tokens - before) / (reached - before);
    return Math.floor(from + (to - from) * share);
  }
  return ruler.offsets[ruler.offsets.length - 1] ?? 0;
}
