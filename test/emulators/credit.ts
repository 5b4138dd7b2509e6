/** What an account can still pay for. */
export class Credit {
  private answersLeft = Infinity;

  /** From now on so many answers can be paid for. */
  set(answers: number): void {
    this.answersLeft = answers;
  }

  refill(): void {
    this.set(Infinity);
  }

  get isOut(): boolean {
    return this.answersLeft <= 0;
  }

  /** Pays for an answer, if there is credit for it. */
  spend(): boolean {
    if (this.isOut) return false;
    this.answersLeft -= 1;
    return true;
  }
}
