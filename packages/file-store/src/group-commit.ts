import { breathe } from "./breathe.js";

/** Something that waits to be made durable. */
export interface Waiting {
  done(): void;
  fail(error: unknown): void;
}

/**
 * Makes things durable in groups: what comes while one group is on its way to the disk becomes the next group, whose members
 * share one write and one sync.
 */
export class GroupCommit<Member extends Waiting> {
  readonly #commit: (group: readonly Member[]) => Promise<void>;
  #waiting: Member[] = [];
  #running: Promise<void> | undefined;

  /** @param commit makes a group durable */
  constructor(commit: (group: readonly Member[]) => Promise<void>) {
    this.#commit = commit;
  }

  add(member: Member): void {
    this.#waiting.push(member);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      // Those who do many things at once, go on as soon as they are answered, or are answered in the same turn get into one group.
      await breathe();
      const group = this.#waiting;
      this.#waiting = [];
      if (group.length === 0) break;
      try {
        await this.#commit(group);
        for (const member of group) member.done();
      } catch (error) {
        for (const member of group) member.fail(error);
      }
    }
    this.#running = undefined;
  }
}
