import type { TermVector } from "./term-vectors.js";

/** A sum of vectors. Sums stand in for pairs: the similarities of a sentence to many others are one product. */
export class VectorSum {
  readonly #values: Float64Array;

  /** @param size How many terms there are. */
  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add({ terms, weights }: TermVector): void {
    for (let index = 0; index < terms.length; index += 1) {
      const term = terms[index] ?? 0;
      this.#values[term] = (this.#values[term] ?? 0) + (weights[index] ?? 0);
    }
  }

  /** Takes out everything that came with these vectors; costs less than a new sum when they are few. */
  clear(vectors: readonly TermVector[]): void {
    for (const { terms } of vectors) for (const term of terms) this.#values[term] = 0;
  }

  /** The sum of the similarities of `vector` to all vectors that were added. */
  similarity({ terms, weights }: TermVector): number {
    let sum = 0;
    for (let index = 0; index < terms.length; index += 1) {
      sum += (this.#values[terms[index] ?? 0] ?? 0) * (weights[index] ?? 0);
    }
    return sum;
  }
}
