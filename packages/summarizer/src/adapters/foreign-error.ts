import { chainOf } from "./provider-failure.js";
import { field, stringField } from "./field.js";
import { propertiesOf, secretsIn } from "./secrets-in.js";
import { withoutSecrets, type Disclosure } from "./without-secrets.js";

const DEEPEST = 3;
/** Whoever holds more than this holds a client or a connection, and is not looked through. */
const MOST_OBJECTS = 200;

/** All that stands in the properties of a value; `undefined` when there is too much of it. */
function stringsIn(value: unknown): string[] | undefined {
  const strings: string[] = [];
  const seen = new Set<unknown>();
  const read = (inner: unknown, depth: number): void => {
    if (typeof inner === "string") strings.push(inner);
    if (typeof inner !== "object" || inner === null || depth > DEEPEST) return;
    if (seen.has(inner) || seen.size > MOST_OBJECTS) return;
    seen.add(inner);
    for (const [name, property] of propertiesOf(inner)) {
      if (name !== "stack") read(property, depth + 1);
    }
  };
  read(value, 0);
  return seen.size > MOST_OBJECTS ? undefined : strings;
}

/** All that a thrown value says; a log shows every property. `undefined` when that is too much. */
function wordsOf(thrown: unknown): string[] | undefined {
  const strings = stringsIn(thrown);
  return strings && [...strings, stringField(thrown, "name") ?? "", stringField(thrown, "message") ?? ""];
}

/** Whether an error that is none of a provider's can be passed on as it is: nothing in it could be a key. */
export function isHarmless(error: unknown, disclosure: Disclosure): boolean {
  const links = [error, ...chainOf(error)];
  if (secretsIn(...links).length > 0) return false;
  return links.every(
    (link) => wordsOf(link)?.every((text) => withoutSecrets(text, disclosure) === text) ?? false,
  );
}

/** Where an error was thrown, without what it says: it helps to find a mistake, and shows no key. */
export function framesOf(error: unknown): string {
  const stack = stringField(error, "stack") ?? "";
  const message = stringField(error, "message") ?? "";
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return frames.filter((line) => /^\s+at /u.test(line)).join("\n");
}

/** Where HTTP clients keep what they sent when they throw. */
export function secretsSentWith(error: unknown): string[] {
  const places = ["config", "request", "options"];
  return secretsIn(...chainOf(error).flatMap((link) => places.map((name) => field(link, name))));
}
