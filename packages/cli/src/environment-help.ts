/** The environment variables, for the help of commands that read them. */
export const PROVIDER_VARIABLES = [
  ["ANTHROPIC_API_KEY, OPENAI_API_KEY", "keys of providers; auto takes the first that there is"],
  ["ANTHROPIC_BASE_URL, OPENAI_BASE_URL", "where they are reached; --base-url goes first"],
] as const;

/** For commands to which keys only tell which provider would be asked. */
export const KEY_VARIABLES = [
  ["ANTHROPIC_API_KEY, OPENAI_API_KEY", "with a key here, its provider's model is the default"],
] as const;
