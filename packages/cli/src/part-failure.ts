/** Some of what was asked is done and printed, some could not be done and was reported: the program ends with 3. */
export class PartFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PartFailure";
  }
}
