/** What ROUGE compares: words, or the characters of a script without spaces. */
export type Units = (text: string) => string[];

/** As in Google's rouge_score without stemming. */
export function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .split(" ")
    .filter((word) => word !== "");
}

/** Chinese characters one by one, and whole Latin words and numbers between them. */
export function characters(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+|\p{Script=Han}/gu) ?? [];
}
