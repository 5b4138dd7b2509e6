import { SummarizationError } from "./summarization-error.js";

/** A setting outside its range. Thrown before any call; names the option, the value and what is allowed. */
export class InvalidOptionError extends SummarizationError {
  readonly option: string;

  constructor(option: string, value: unknown, allowed: string) {
    const shown = showValue(value);
    super({
      code: "invalid_option",
      message: `Invalid option ${option}: got ${shown}, expected ${allowed}.`,
      context: { option, value: shown, allowed },
    });
    this.name = "InvalidOptionError";
    this.option = option;
  }
}

const LONGEST_SHOWN = 40;

function showValue(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
  }
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}
