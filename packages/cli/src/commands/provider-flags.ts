import type { Arguments, FlagTable } from "../arguments.js";
import type { MessageOutput } from "../message-output.js";

/** Where a provider is, and by which right it is asked. */
export const ACCESS_FLAGS = {
  "base-url": { value: "URL", help: "where the provider is reached, such as http://localhost:11434/v1" },
  "api-key": {
    value: "KEY",
    help: "the provider's key; a variable (below) keeps it from other users",
    isSecret: true,
  },
  "reasoning-tokens": {
    value: "N",
    help: "room to think in each call (default 4000 for gpt-5-mini and its like)",
  },
} as const satisfies FlagTable;

export function warnOfVisibleKey(given: Arguments<"api-key">, output: MessageOutput): void {
  if (!given.has("api-key")) return;
  output.warning(
    "--api-key: other users of this machine can see it. An environment variable keeps it to you.",
  );
}
