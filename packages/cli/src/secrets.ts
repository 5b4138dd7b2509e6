import { passwordsIn } from "./database-place.js";
import type { Environment } from "./environment.js";
import { keysIn } from "./providers.js";

/** Shorter ones, as local servers are given where they insist on a key, would take words out of messages. */
const LEAST_LENGTH = 8;

/** The values of a flag, whatever else may be wrong with the arguments. */
function valuesOf(flag: string, argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    if (word === flag) return argv[index + 1] ?? [];
    return word.startsWith(`${flag}=`) ? word.slice(flag.length + 1) : [];
  });
}

/** Every key and password that the program has been given, for the messages to leave out. */
export function secretsIn(
  argv: readonly string[],
  { variables, providers }: Pick<Environment, "variables" | "providers">,
): string[] {
  const passwords = passwordsIn([...valuesOf("--database-url", argv), variables["DATABASE_URL"]]);
  const keys = [...valuesOf("--api-key", argv), ...keysIn(variables, providers), ...passwords].map((key) =>
    key.trim(),
  );
  return keys.filter((key) => key.length >= LEAST_LENGTH);
}

/** A text without the secrets in it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, "[key]"), text);
}
