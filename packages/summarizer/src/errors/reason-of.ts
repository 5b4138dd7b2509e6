/** What an error says of itself, whatever was thrown: even a value that cannot be made a string has a description. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be described";
  }
}
