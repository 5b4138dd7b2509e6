import { StoreError, type StoreErrorCode } from "../errors/store-error.js";
import { isSameData } from "./same-data.js";

const LONGEST_SHOWN = 400;

/** @throws Error with `promise`, a sentence about what must be, unless it `holds`. */
export function verify(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise);
}

/** @throws Error with `promise` and both values, unless they are the same data. */
export function verifySame(actual: unknown, expected: unknown, promise: string): void {
  if (isSameData(actual, expected)) return;
  throw new Error(`${promise}, got ${shown(actual)} where ${shown(expected)} is right`);
}

/** The only member of a list. @throws Error with `promise` when the list is longer or shorter. */
export function only<Member>(list: readonly Member[], promise: string): Member {
  const [member] = list;
  if (list.length === 1 && member !== undefined) return member;
  throw new Error(`${promise}, got ${list.length} where 1 is right`);
}

/** @throws Error with `promise` unless the call rejects with a `StoreError` of this code. */
export async function verifyRefused(
  call: () => Promise<unknown>,
  code: StoreErrorCode,
  promise: string,
): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    if (StoreError.isInstance(error) && error.code === code) return;
    throw new Error(`${promise} with a StoreError \`${code}\`, got ${shown(error)}`, { cause: error });
  }
  throw new Error(`${promise} with a StoreError \`${code}\`, got the answer ${shown(answer)}`);
}

function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const text = JSON.stringify(value, (_name, field: unknown) => (field instanceof Map ? [...field] : field));
  if (text === undefined) return String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
