import { filledLinesOf, importantLinesOf, linesOf, untagged, withoutEphemeral } from "./tagged-lines.js";

/**
 * What of a page's content a model may read: all of it but the lines tagged `@@ephemeral@@`. Whoever summarizes a page asks with this
 * text; a content without the tag is sent as it is. The page's `contentHash` stays that of its whole content.
 */
export function textToSend(content: string): string {
  return withoutEphemeral(content).text;
}

/**
 * What a model has said itself: important lines are taken out, as they are put in word for word, and what it tagged of its own loses
 * the tag.
 */
export function ownText(answer: string, important: readonly string[]): string {
  const lines = linesOf(answer).map((line) => line.trimEnd());
  return (
    lines
      // Important lines hold a tag, and so does every line that holds one of them.
      .map((line) =>
        untagged(line) === line
          ? line
          : untagged(important.reduce((rest, known) => rest.replaceAll(known.trim(), ""), line)),
      )
      .filter((line, index) => line.trim() !== "" || lines[index]?.trim() === "")
      .join("\n")
      .trim()
  );
}

/**
 * A model's answer as the summary of a page: every line of the content that is tagged `@@important@@` stands in it word for word, on a
 * line of its own. A model that was asked for them may leave them out, mend them, run them together, or make some up. An answer that
 * has them all, and no others, stays as it is; so does what this function has answered.
 */
export function summaryToKeep(content: string, answer: string): string {
  const important = importantLinesOf(content);
  // To the last blank: a line without those at its end is another.
  const lines = filledLinesOf(answer);
  const present = new Set(lines);
  const known = new Set(important);
  const isComplete =
    important.every((line) => present.has(line)) &&
    lines.every((line) => known.has(line) || untagged(line) === line.trimEnd());
  if (isComplete) return answer;
  return [ownText(answer, important), ...important].filter((part) => part !== "").join("\n");
}
