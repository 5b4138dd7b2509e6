/** Lets one piece of work run at a time, in the order in which they were asked for. */
export class Exclusive {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // Whoever asked hears of a failure; who comes next is not kept from its work.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
