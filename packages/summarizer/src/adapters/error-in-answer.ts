import { field } from "./field.js";

/** A provider's error that came as a part of an answer with a status of success. */
export class ErrorInAnswer extends Error {
  constructor(
    /** What the provider sent: an object, a text, or an error that its SDK made of it. */
    readonly error: unknown,
  ) {
    super("The answer is an error");
    this.name = "ErrorInAnswer";
  }
}

/**
 * Refuses a body that is an error, whatever its status: routers in front of several providers answer 200 before they know that
 * theirs has failed.
 * @throws ErrorInAnswer, which `failureOfCall` reads.
 */
export function refuseErrorBody(body: unknown): void {
  const error = field(body, "error");
  if ((typeof error === "object" && error !== null) || (typeof error === "string" && error !== ""))
    throw new ErrorInAnswer(error);
}
