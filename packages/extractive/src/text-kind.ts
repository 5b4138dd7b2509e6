import type { CandidateSentence } from "./candidate-sentences.js";

/** The ways of weighing sentences. */
export const SELECTION_METHODS = ["centrality", "centroid"] as const;

export type SelectionMethod = (typeof SELECTION_METHODS)[number];

/**
 * Direct speech ends with its own comma or full stop before the closing mark: `"Indeed," he said`. Quoted terms
 * do not. In conventions without closing marks a paragraph of speech begins with a dash.
 */
const ENDS_SPEECH = /[\p{L}\p{N}][,.!?…—–-]{1,3} ?(?:["”»」』]|'')|[。！？…，][”」』]/u;
const BEGINS_SPEECH = /^[—–] ?\p{L}/u;

/** Stories have it in a quarter of their sentences (in the median of SQuALITY 0.30), papers and meetings in none. */
const STORY_SHARE_OF_SPEECH = 0.15;

/** The share of labelled sentences at which lines are turns, and how many turns a speaker then has on average. */
const CONVERSATION_SHARE_OF_TURNS = 0.1;
const LEAST_TURNS_PER_SPEAKER = 2;

function hasSpeech({ text, beginsParagraph }: CandidateSentence): boolean {
  return ENDS_SPEECH.test(text) || (beginsParagraph && BEGINS_SPEECH.test(text));
}

/** Whether the sentences belong to a story: enough of them hold direct speech. */
function isStory(sentences: readonly CandidateSentence[]): boolean {
  const spoken = sentences.filter(hasSpeech).length;
  return spoken > 0 && spoken >= sentences.length * STORY_SHARE_OF_SPEECH;
}

/** Whether the sentences are a transcript: many begin with a speaker's name, and the same names come again. */
export function isConversation(sentences: readonly CandidateSentence[]): boolean {
  const speakers = sentences.map(({ speaker }) => speaker).filter((speaker) => speaker !== "");
  return (
    speakers.length >= sentences.length * CONVERSATION_SHARE_OF_TURNS &&
    speakers.length >= new Set(speakers).size * LEAST_TURNS_PER_SPEAKER &&
    speakers.length > 0
  );
}

/** What suits the text: stories have no place where the essence stands, so only what their sentences share counts. */
export function methodFor(sentences: readonly CandidateSentence[]): SelectionMethod {
  return !isConversation(sentences) && isStory(sentences) ? "centroid" : "centrality";
}
