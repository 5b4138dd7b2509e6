interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Puts calls that come at the same time into one: while a call to the database is under way, the next ones gather and then go
 * together. One that comes alone goes at once.
 */
export class Gathered<Question, Answer> {
  #waiting: Waiting<Question, Answer>[] = [];
  #isBusy = false;

  /**
   * @param ask answers a list of questions in their order
   * @param weigh what a question weighs, for example bytes
   */
  constructor(
    private readonly ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly most: { readonly count: number; readonly weight: number },
    private readonly weigh: (question: Question) => number = () => 0,
  ) {}

  add(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (!this.#isBusy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    // Whoever calls in the same turn goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#take();
      try {
        const answers = await this.ask(group.map(({ question }) => question));
        for (const [index, answer] of answers.entries()) group[index]?.resolve(answer);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isBusy = false;
  }

  #take(): Waiting<Question, Answer>[] {
    let weight = 0;
    let count = 0;
    for (const { question } of this.#waiting) {
      weight += this.weigh(question);
      if (count > 0 && (count === this.most.count || weight > this.most.weight)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
