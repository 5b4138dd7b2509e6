import type { Environment } from "./environment.js";
import { keysIn } from "./providers.js";

/** Shorter ones, as local servers are given where they insist on a key, would take words out of messages. */
const LEAST_LENGTH = 8;

const KEY_FLAG = "--api-key";

/** The values of `--api-key`, whatever else may be wrong with the arguments. */
function keysAmong(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    if (word === KEY_FLAG) return argv[index + 1] ?? [];
    return word.startsWith(`${KEY_FLAG}=`) ? word.slice(KEY_FLAG.length + 1) : [];
  });
}

/** Every key that the program has been given, for the messages to leave out. */
export function secretsIn(
  argv: readonly string[],
  { variables, providers }: Pick<Environment, "variables" | "providers">,
): string[] {
  const keys = [...keysAmong(argv), ...keysIn(variables, providers)].map((key) => key.trim());
  return keys.filter((key) => key.length >= LEAST_LENGTH);
}

/** A text without the secrets in it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "[key]"), text);
}
