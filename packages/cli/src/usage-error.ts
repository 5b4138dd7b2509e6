/** The user asked for something that cannot be: the program says what, and what would do, and ends with 2. */
export class UsageError extends Error {
  /** @param hint A second line: where to read more, or what to try. */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = "UsageError";
  }
}
