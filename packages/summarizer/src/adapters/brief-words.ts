/** A server that repeats what it was sent takes more room than this. */
const LONGEST_BRIEF = 120;
/** Long enough for the name of a parameter or a model. */
const LONGEST_IN_QUOTES = 40;
const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|«[^»]*»/gu;

/**
 * What may be shown of a server's words when the request is not at hand, hours after it was sent, so that nobody can tell whether
 * they repeat its content: nothing long, and nothing long between quotation marks.
 */
export function briefWords(words: string | undefined): string | undefined {
  const shown = words?.replace(QUOTED, (quoted) => (quoted.length > LONGEST_IN_QUOTES ? "[…]" : quoted));
  return shown === undefined || shown.length > LONGEST_BRIEF ? undefined : shown;
}
