/**
 * Numbers of items in a binary heap: the lowest rank first, and among equals the lowest number. Two lists of plain numbers, as
 * there may be hundreds of thousands.
 */
export class RankedHeap {
  readonly #ranks: number[] = [];
  readonly #numbers: number[] = [];

  get size(): number {
    return this.#ranks.length;
  }

  /** The lowest rank, `undefined` when the heap is empty. */
  get topRank(): number | undefined {
    return this.#ranks[0];
  }

  /** The number with the lowest rank, `undefined` when the heap is empty. */
  get topNumber(): number | undefined {
    return this.#numbers[0];
  }

  clear(): void {
    this.#ranks.length = 0;
    this.#numbers.length = 0;
  }

  push(rank: number, number: number): void {
    let position = this.size;
    while (position > 0) {
      const above = (position - 1) >> 1;
      if (!this.#isAfter(above, rank, number)) break;
      this.#move(above, position);
      position = above;
    }
    this.#put(rank, number, position);
  }

  /** Takes out the lowest. */
  pop(): void {
    const rank = this.#ranks.pop();
    const number = this.#numbers.pop();
    if (rank === undefined || number === undefined || this.size === 0) return;
    let position = 0;
    for (;;) {
      const child = this.#lowerChild(position);
      if (child >= this.size || this.#isAfter(child, rank, number)) break;
      this.#move(child, position);
      position = child;
    }
    this.#put(rank, number, position);
  }

  #lowerChild(position: number): number {
    const left = 2 * position + 1;
    const right = left + 1;
    const isRight =
      right < this.size &&
      this.#isAfter(left, this.#ranks[right] ?? Infinity, this.#numbers[right] ?? Infinity);
    return isRight ? right : left;
  }

  /** Whether the member at a position comes after this one. */
  #isAfter(position: number, rank: number, number: number): boolean {
    const other = this.#ranks[position] ?? Infinity;
    return other > rank || (other === rank && (this.#numbers[position] ?? Infinity) > number);
  }

  #move(from: number, to: number): void {
    this.#put(this.#ranks[from] ?? Infinity, this.#numbers[from] ?? Infinity, to);
  }

  #put(rank: number, number: number, position: number): void {
    this.#ranks[position] = rank;
    this.#numbers[position] = number;
  }
}
