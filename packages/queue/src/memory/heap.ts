/**
 * A binary heap whose members can also be taken out from its middle, each step in logarithmic time. `compare` must not change
 * its mind about members while they are in.
 */
export class Heap<Member> {
  readonly #compare: (left: Member, right: Member) => number;
  readonly #members: Member[] = [];
  readonly #positions = new Map<Member, number>();

  constructor(compare: (left: Member, right: Member) => number) {
    this.#compare = compare;
  }

  /** The first member by `compare`. */
  peek(): Member | undefined {
    return this.#members[0];
  }

  push(member: Member): void {
    this.#rise(member, this.#members.length);
  }

  /** Takes out the first member. */
  pop(): Member | undefined {
    const first = this.#members[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes a member out. Answers whether it was in. */
  remove(member: Member): boolean {
    const position = this.#positions.get(member);
    if (position === undefined) return false;
    this.#positions.delete(member);
    const last = this.#members.pop();
    // The last one fills the gap, and may belong above it or below.
    if (last !== undefined && position < this.#members.length) this.#sink(last, this.#rise(last, position));
    return true;
  }

  #put(member: Member, position: number): void {
    this.#members[position] = member;
    this.#positions.set(member, position);
  }

  #rise(member: Member, from: number): number {
    let position = from;
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = this.#members[above];
      if (parent === undefined || this.#compare(parent, member) <= 0) break;
      this.#put(parent, position);
      position = above;
    }
    this.#put(member, position);
    return position;
  }

  #sink(member: Member, from: number): void {
    let position = from;
    for (;;) {
      const [below, child] = this.#firstBelow(position);
      if (child === undefined || this.#compare(member, child) <= 0) break;
      this.#put(child, position);
      position = below;
    }
    this.#put(member, position);
  }

  #firstBelow(position: number): readonly [number, Member | undefined] {
    const below = 2 * position + 1;
    const left = this.#members[below];
    const right = this.#members[below + 1];
    const isRight = left !== undefined && right !== undefined && this.#compare(right, left) < 0;
    return isRight ? [below + 1, right] : [below, left];
  }
}
