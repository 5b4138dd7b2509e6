import { readFile } from "node:fs/promises";

const MINUTES = new URL("../quickstart/texts/conversation.txt", import.meta.url);

/** What shall stand in every summary, word for word. */
const IMPORTANT = "Tomasz: We never go below a reserve of £6,000. @@important@@";

const QUESTIONS = ["Was the impeller cracked?", "What is the reserve that we never go below?"];

/** The user's lines of a chat: the minutes of a meeting, and then what has long left working memory. */
export async function* demonstration(settled: () => Promise<void>): AsyncGenerator<string> {
  const lines = (await readFile(MINUTES, "utf8")).split("\n").filter((line) => line !== "");
  yield* [...lines.slice(0, 10), IMPORTANT, ...lines.slice(10)];
  await settled();
  yield* QUESTIONS;
}
