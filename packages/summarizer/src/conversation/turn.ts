import { InvalidOptionError } from "../errors/invalid-option-error.js";

/** What somebody said in a conversation. */
export interface ConversationTurn {
  /** For example "user" or "assistant". */
  readonly role: string;
  /** Any text. The tags of lines that pages know mean nothing in it. */
  readonly content: string;
  /** Who of several in this role. */
  readonly name?: string | undefined;
}

/** @throws InvalidOptionError that names the turn and its field, and never shows content. */
export function checkTurns(turns: unknown): readonly ConversationTurn[] {
  if (!Array.isArray(turns)) throw new InvalidOptionError("turns", turns, "an array of turns");
  return turns.map((turn: unknown, index) => {
    if (typeof turn !== "object" || turn === null) {
      throw new InvalidOptionError(`turns[${index}]`, turn, "an object with role and content");
    }
    const { role, content, name } = turn as Partial<Record<keyof ConversationTurn, unknown>>;
    const fields = { role, content, ...(name === undefined ? {} : { name }) };
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value !== "string") {
        throw new InvalidOptionError(`turns[${index}].${field}`, value, "a string");
      }
    }
    return turn as ConversationTurn;
  });
}

/** The turns that say something, one paragraph or more each: `Ada (user): …`. Empty when none does. */
export function transcriptOf(turns: readonly ConversationTurn[]): string {
  return turns
    .filter(({ content }) => content.trim() !== "")
    .map(({ role, content, name }) => `${name === undefined ? role : `${name} (${role})`}: ${content.trim()}`)
    .join("\n\n");
}
