import { InvalidOptionError } from "@gro/summarizer";

/** What was given in the place of an object. @throws InvalidOptionError for what is none */
export function fieldsOf(
  option: string,
  value: unknown,
  expected: string,
): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw new InvalidOptionError(option, value, expected);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws InvalidOptionError for what is no string */
export function text(option: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InvalidOptionError(option, value, "a string");
}

/** @throws InvalidOptionError for what is no number, or none that JSON can carry */
export function finite(option: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InvalidOptionError(option, value, "a finite number");
}

/** @throws InvalidOptionError for what is no list */
export function list(option: string, value: unknown, expected: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidOptionError(option, value, expected);
}

/** @throws InvalidOptionError for what is no list of strings */
export function texts(option: string, value: unknown): readonly string[] {
  return list(option, value, "a list of strings").map((member, index) => text(`${option}[${index}]`, member));
}
