/** Which items wait for which name. */
export class Sleepers {
  readonly #byName = new Map<string, Set<number>>();

  add(name: string | null, number: number): void {
    if (name === null) return;
    const numbers = this.#byName.get(name);
    if (numbers === undefined) this.#byName.set(name, new Set([number]));
    else numbers.add(number);
  }

  remove(name: string | null, number: number): void {
    if (name === null) return;
    const numbers = this.#byName.get(name);
    if (numbers?.delete(number) === true && numbers.size === 0) this.#byName.delete(name);
  }

  /** In the order in which they began to wait. */
  of(name: string): readonly number[] {
    return [...(this.#byName.get(name) ?? [])];
  }
}
